#include "janjictl/refusal.hpp"

#include <iostream>

namespace janjid {

Status refuse(const std::string& why) {
  std::cerr << "janjictl: " << why << '\n';
  return Status::cant_say;
}

Status refuse(const janji::Error& error) {
  const Status status = refuse(error.detail);
  return error.code == janji::Code::damaged ? Status::broken : status;
}

}  // namespace janjid
