// Collects what is wrong with the files, up to a bound.
#pragma once

#include <cstdint>
#include <vector>

#include <janji/catalogue.hpp>

namespace janji::catalogue {

class IssueLog {
 public:
  explicit IssueLog(std::vector<CatalogueIssue>* out) : out_(out) {}

  // The value is shortened if it is long: an issue is a line for people.
  void add(CatalogueIssue issue);

  // Says how many were left out, if any were. To be called once, at the end.
  void finish();

  std::uint64_t errors() const { return errors_; }
  const CatalogueIssue& first_error() const { return first_error_; }

 private:
  std::vector<CatalogueIssue>* out_;  // may be null
  CatalogueIssue first_error_;
  std::uint64_t errors_ = 0;
  std::uint64_t kept_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace janji::catalogue
