#include "record/record_rules.hpp"

namespace janji::record {

Error refuse(const char* field, std::int64_t value, const std::string& rule) {
  return Error{Code::damaged,
               std::string(field) + " is " + std::to_string(value) + ": must be " + rule};
}

void Rules::out_of_bounds(const char* field, std::int64_t value, std::int64_t low,
                          std::int64_t high) {
  broken_ = refuse(field, value, std::to_string(low) + " to " + std::to_string(high));
}

void Rules::broken(const char* words) {
  broken_ = Error{Code::damaged, words};
}

}  // namespace janji::record
