// One call to the disk that fails, by its number.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "support/disk/disk_watch.hpp"

namespace janji::io_faults {

// How a call of each kind may fail.
struct Way {
  const char* name;
  int error;  // 0: a write that is cut short instead
};
std::span<const Way> ways_of(const disk::Kind& kind);

struct Fault {
  std::uint64_t call{0};  // from 1 on; 0: none fails
  std::size_t way{0};     // of those of its kind, and around
  bool for_good{false};   // and every later call of that kind
};

// Counts the calls, and lets one fail. A write that is cut short once is followed by one that
// works; for good, by a full disk.
class FaultWatch final : public disk::Watcher {
 public:
  // `struck` is called once, on the thread whose call fails, before it does.
  explicit FaultWatch(Fault fault, std::function<void()> struck = {})
      : fault_(fault), struck_(std::move(struck)) {}

  disk::Ruling before(const disk::Call& call) override;
  void after(const disk::Call&, std::int64_t) override {}

  // Nothing fails any more.
  void mend();
  // What each call was, from the first on.
  std::vector<disk::Kind> kinds() const;
  bool has_struck() const;
  disk::Kind kind() const;  // of the call that failed
  bool cuts_short() const;
  std::string path() const;
  std::string words() const;  // "call 17, pwrite of /.../journal.mdb: EIO, for good"

 private:
  disk::Ruling fail(const disk::Call& call);

  mutable std::mutex mutex_;
  Fault fault_;
  const std::function<void()> struck_;
  std::vector<disk::Kind> kinds_;
  bool has_struck_{false};
  bool mended_{false};
  disk::Kind kind_{};
  std::string path_;
  std::string words_;
};

}  // namespace janji::io_faults
