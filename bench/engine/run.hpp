// One run of one contestant, from an empty house to the audit.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "contestant.hpp"
#include "report.hpp"
#include "settings.hpp"
#include "world.hpp"

namespace janji::bench {

struct RunSpec {
  const World* world{nullptr};
  Script script;
  Medium medium{Medium::disk};
  std::uint64_t claims{0};
  std::uint32_t callers{1};
  int ahead{0};
  std::uint64_t cancelled{0};   // as Stretch
  std::uint64_t operations{0};  // cancels that the tables must hold
  int repetitions{1};           // each in a new house; times are summed
  bool all_granted{true};       // else full slots are fine
};

struct RunResult {
  double decided_s{0};  // until every caller had its last answer
  double settled_s{0};  // until all of it was committed and given back
  double cpu_s{0};      // processor time of the caller, when there is one: what a quiet machine
                        // would have shown, more or less, when others took its time
  std::uint64_t claims{0};
  std::uint64_t commits{0};
  Tally tally;

  double ns_decided() const { return decided_s * 1e9 / static_cast<double>(claims); }
  double ns_settled() const { return settled_s * 1e9 / static_cast<double>(claims); }
  double millions_settled() const { return static_cast<double>(claims) / settled_s / 1e6; }
  Facts facts() const;
};

RunResult run_once(const Settings& settings, const Rival& rival, const RunSpec& spec);

// A folder for one run under Settings::directory; gone with the object.
class ScratchDirectory {
 public:
  explicit ScratchDirectory(const Settings& settings);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Seconds since some moment; processor time of this thread in seconds.
double seconds_now();
double thread_cpu_now();

}  // namespace janji::bench
