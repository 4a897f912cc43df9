#include "catalogue/issue_log.hpp"

#include <utility>

namespace janji::catalogue {
namespace {

constexpr std::size_t kMaxValueBytes = 80;

// Never cuts a character in two, and keeps to one line.
std::string shortened(std::string value) {
  if (value.size() > kMaxValueBytes) {
    std::size_t cut = kMaxValueBytes;
    while (cut > 0 && (static_cast<unsigned char>(value[cut]) & 0xC0U) == 0x80U) --cut;
    value.resize(cut);
    value += "...";
  }
  for (char& c : value) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return value;
}

}  // namespace

void IssueLog::add(CatalogueIssue issue) {
  issue.value = shortened(std::move(issue.value));
  if (!issue.warning && errors_++ == 0) first_error_ = issue;
  if (kept_ >= Catalogue::kMaxIssues) {
    ++left_out_;
    return;
  }
  ++kept_;
  if (out_ != nullptr) out_->push_back(std::move(issue));
}

void IssueLog::add_once(CatalogueIssue issue) {
  issue.value = shortened(std::move(issue.value));
  if (once_.emplace(issue.file, issue.column, issue.value).second) add(std::move(issue));
}

void IssueLog::finish() {
  if (left_out_ == 0 || out_ == nullptr) return;
  CatalogueIssue issue;
  issue.problem = std::to_string(left_out_) + " more problems are not listed";
  issue.remedy = "Mend those above first";
  issue.warning = errors_ == 0;
  out_->push_back(std::move(issue));
}

}  // namespace janji::catalogue
