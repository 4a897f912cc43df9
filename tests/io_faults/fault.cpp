#include "io_faults/fault.hpp"

#include <array>
#include <cerrno>

namespace janji::io_faults {

using disk::Kind;

std::span<const Way> ways_of(const Kind& kind) {
  static constexpr std::array kWrite{Way{"EIO", EIO}, Way{"ENOSPC", ENOSPC}, Way{"EDQUOT", EDQUOT},
                                     Way{"cut short", 0}};
  static constexpr std::array kOpen{Way{"EIO", EIO}, Way{"EMFILE", EMFILE}, Way{"ENOSPC", ENOSPC},
                                    Way{"EACCES", EACCES}};
  static constexpr std::array kSync{Way{"EIO", EIO}, Way{"EDQUOT", EDQUOT}};
  static constexpr std::array kGrow{Way{"EIO", EIO}, Way{"ENOSPC", ENOSPC}};
  static constexpr std::array kMap{Way{"ENOMEM", ENOMEM}, Way{"EAGAIN", EAGAIN}};
  static constexpr std::array kLock{Way{"ENOLCK", ENOLCK}};
  static constexpr std::array kOther{Way{"EIO", EIO}};
  switch (kind) {
    case Kind::write: return kWrite;
    case Kind::open: return kOpen;
    case Kind::sync: return kSync;
    case Kind::resize:
    case Kind::make_directory:
    case Kind::rename: return kGrow;
    case Kind::map: return kMap;
    case Kind::lock: return kLock;
    case Kind::remove:
    case Kind::ask:
    case Kind::seek:
    case Kind::read:
    case Kind::cache: break;
  }
  return kOther;
}

disk::Ruling FaultWatch::before(const disk::Call& call) {
  const std::lock_guard guard(mutex_);
  kinds_.push_back(call.kind);
  if (mended_) return {};
  if (has_struck_) return fault_.for_good && call.kind == kind_ ? fail(call) : disk::Ruling{};
  if (fault_.call == 0 || kinds_.size() != fault_.call) return {};
  has_struck_ = true;
  kind_ = call.kind;
  path_ = call.path;
  words_ = "call " + std::to_string(kinds_.size()) + ", " + call.function + " of " + call.path +
           ": " + ways_of(kind_)[fault_.way % ways_of(kind_).size()].name +
           (fault_.for_good ? ", for good" : ", once");
  if (struck_) struck_();
  const disk::Ruling ruling = fail(call);
  return ruling;
}

disk::Ruling FaultWatch::fail(const disk::Call& call) {
  const auto ways = ways_of(call.kind);
  const Way way = ways[fault_.way % ways.size()];
  if (way.error != 0) return {way.error, false, SIZE_MAX};
  // The first of a disk that is full is cut short, those behind it aren't begun.
  if (kinds_.size() != fault_.call) return {ENOSPC, false, SIZE_MAX};
  return {0, false, call.bytes.size() / 2};
}

void FaultWatch::mend() {
  const std::lock_guard guard(mutex_);
  mended_ = true;
}
std::vector<Kind> FaultWatch::kinds() const {
  const std::lock_guard guard(mutex_);
  return kinds_;
}
bool FaultWatch::has_struck() const {
  const std::lock_guard guard(mutex_);
  return has_struck_;
}
Kind FaultWatch::kind() const {
  const std::lock_guard guard(mutex_);
  return kind_;
}
bool FaultWatch::cuts_short() const {
  const std::lock_guard guard(mutex_);
  const auto ways = ways_of(kind_);
  return ways[fault_.way % ways.size()].error == 0;
}
std::string FaultWatch::path() const {
  const std::lock_guard guard(mutex_);
  return path_;
}
std::string FaultWatch::words() const {
  const std::lock_guard guard(mutex_);
  return words_;
}

}  // namespace janji::io_faults
