// What verify found, for people and for programs.
#pragma once

#include <filesystem>
#include <string>

#include <janji/verify.hpp>

#include "janjictl/key_check.hpp"

namespace janjid {

struct Findings {
  std::filesystem::path directory;
  janji::VerifyReport report;
  KeyCheck key;

  bool sound() const { return report.sound() && key.sound.ok(); }
};

// A line for each check, then the totals; with a line's end.
std::string report_text(const Findings& findings);

// {"directory","sound","key_file","checks":[{"name","promise","outcome","words"}],"totals":{...}},
// on one line. "outcome" is sound, broken or unfinished; "words" is there when it is broken.
std::string report_json(const Findings& findings);

}  // namespace janjid
