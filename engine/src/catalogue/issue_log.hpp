// Collects what is wrong with the files, up to a bound.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <janji/catalogue.hpp>

namespace janji::catalogue {

class IssueLog {
 public:
  explicit IssueLog(std::vector<CatalogueIssue>* out) : out_(out) {}

  // The value is shortened if it is long: an issue is a line for people.
  void add(CatalogueIssue issue);

  // The same, but only the first of those with equal file, column and value: a reference that
  // leads nowhere may stand in hundreds of rows.
  void add_once(CatalogueIssue issue);

  // Says how many were left out, if any were. To be called once, at the end.
  void finish();

  std::uint64_t errors() const { return errors_; }
  const CatalogueIssue& first_error() const { return first_error_; }

 private:
  std::vector<CatalogueIssue>* out_;  // may be null
  std::set<std::tuple<std::string, std::string, std::string>> once_;
  CatalogueIssue first_error_;
  std::uint64_t errors_ = 0;
  std::uint64_t kept_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace janji::catalogue
