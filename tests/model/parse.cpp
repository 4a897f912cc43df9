#include "model/parse.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace janji::model {
namespace {

using Answer = std::variant<Parsed, std::string>;

template <class R>
R copy_head(std::span<const std::byte> bytes) {
  R head;
  std::memcpy(&head, bytes.data(), sizeof head);
  return head;
}

std::string wrong_size(std::size_t have, std::size_t want) {
  return "the record has " + std::to_string(have) + " bytes, it should have " +
         std::to_string(want);
}

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

template <class R>
Answer fixed(std::span<const std::byte> bytes) {
  if (bytes.size() != sizeof(R)) return wrong_size(bytes.size(), sizeof(R));
  return Parsed{copy_head<R>(bytes)};
}

Answer lane(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(record::Lane)) return wrong_size(bytes.size(), sizeof(record::Lane));
  const auto head = copy_head<record::Lane>(bytes);
  const std::size_t padded = (std::size_t{head.key_size} + 7) / 8 * 8;
  if (bytes.size() != sizeof head + padded) return wrong_size(bytes.size(), sizeof head + padded);
  const auto key = bytes.subspan(sizeof head, head.key_size);
  if (!all_zero(bytes.subspan(sizeof head + head.key_size))) return "the key's padding isn't zero";
  return Parsed{LaneRecord{LaneId{head.lane},
                           std::string(reinterpret_cast<const char*>(key.data()), key.size())}};
}

Answer day(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(record::Day)) return wrong_size(bytes.size(), sizeof(record::Day));
  const auto head = copy_head<record::Day>(bytes);
  const std::size_t whole = sizeof head + head.slots * sizeof(record::DaySlot);
  if (bytes.size() != whole) return wrong_size(bytes.size(), whole);
  DayRecord day{LaneId{head.lane}, Day{head.day}, std::vector<record::DaySlot>(head.slots)};
  if (head.slots > 0) {
    std::memcpy(day.slots.data(), bytes.data() + sizeof head, head.slots * sizeof(record::DaySlot));
  }
  return Parsed{std::move(day)};
}

template <class G>
Answer group(std::span<const std::byte> bytes) {
  G made{};
  if (bytes.size() < sizeof made.head) return wrong_size(bytes.size(), sizeof made.head);
  std::memcpy(&made.head, bytes.data(), sizeof made.head);
  const std::size_t many = made.head.members;
  const std::size_t whole = sizeof made.head + many * sizeof made.members[0];
  if (bytes.size() != whole) return wrong_size(bytes.size(), whole);
  if (many == 0 || many > kGroupMembersMax) {
    return "a group of " + std::to_string(many) + " members";
  }
  made.members.resize(many);
  std::memcpy(made.members.data(), bytes.data() + sizeof made.head, whole - sizeof made.head);
  return Parsed{std::move(made)};
}

Answer eligible(std::span<const std::byte> bytes) {
  EligibleRecord made{};
  if (bytes.size() < sizeof made.head) return wrong_size(bytes.size(), sizeof made.head);
  std::memcpy(&made.head, bytes.data(), sizeof made.head);
  const std::size_t many = std::size_t{made.head.added} + made.head.removed;
  if (many > kEligibleAtOnce) return std::to_string(many) + " applicants at once";
  const std::size_t whole = sizeof made.head + many * sizeof(ApplicantKey);
  if (bytes.size() != whole) return wrong_size(bytes.size(), whole);
  std::vector<ApplicantKey> keys(many);
  if (many != 0)
    std::memcpy(keys.data(), bytes.data() + sizeof made.head, whole - sizeof made.head);
  const auto end_of_added = keys.begin() + made.head.added;
  made.added.assign(keys.begin(), end_of_added);
  made.removed.assign(end_of_added, keys.end());
  return Parsed{std::move(made)};
}

// May leave the seats for later.
bool gives_up(record::Type type) {
  using record::Type;
  constexpr Type kTypes[] = {Type::cancel,     Type::expire,       Type::refuse,
                             Type::reschedule, Type::group_change, Type::group_move};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

}  // namespace

Answer parse(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(record::Header) || bytes.size() > record::kRecordMax) {
    return "a record can't have " + std::to_string(bytes.size()) + " bytes";
  }
  const auto header = copy_head<record::Header>(bytes);
  if (header.size != bytes.size()) return wrong_size(bytes.size(), header.size);
  const std::uint8_t allowed = gives_up(header.type) ? 1 : 0;
  if (header.flags > allowed) return "the header's flags aren't what they can be";
  switch (header.type) {
    case record::Type::none: break;
    case record::Type::epoch: return fixed<record::Epoch>(bytes);
    case record::Type::lane: return lane(bytes);
    case record::Type::day: return day(bytes);
    case record::Type::claim: return fixed<record::Claim>(bytes);
    case record::Type::confirm: return fixed<record::Confirm>(bytes);
    case record::Type::cancel: return fixed<record::Cancel>(bytes);
    case record::Type::expire: return fixed<record::Expire>(bytes);
    case record::Type::free: return fixed<record::Free>(bytes);
    case record::Type::tick: return fixed<record::Tick>(bytes);
    case record::Type::archive: return fixed<record::Archive>(bytes);
    case record::Type::reschedule: return fixed<record::Reschedule>(bytes);
    case record::Type::extend: return fixed<record::Extend>(bytes);
    case record::Type::submit: return fixed<record::Submit>(bytes);
    case record::Type::approve: return fixed<record::Approve>(bytes);
    case record::Type::refuse: return fixed<record::Refuse>(bytes);
    case record::Type::check_in: return fixed<record::CheckIn>(bytes);
    case record::Type::serve: return fixed<record::Serve>(bytes);
    case record::Type::complete: return fixed<record::Complete>(bytes);
    case record::Type::no_show: return fixed<record::NoShow>(bytes);
    case record::Type::lapse: return fixed<record::Lapse>(bytes);
    case record::Type::slot: return fixed<record::Slot>(bytes);
    case record::Type::give_back: return fixed<record::GiveBack>(bytes);
    case record::Type::fall_back: return fixed<record::FallBack>(bytes);
    case record::Type::tranche: return fixed<record::Tranche>(bytes);
    case record::Type::displace: return fixed<record::Displace>(bytes);
    case record::Type::reinstate: return fixed<record::Reinstate>(bytes);
    case record::Type::reissue: return fixed<record::Reissue>(bytes);
    case record::Type::progress: return fixed<record::Progress>(bytes);
    case record::Type::join: return fixed<record::Join>(bytes);
    case record::Type::promote: return fixed<record::Promote>(bytes);
    case record::Type::group_claim: return group<GroupClaimRecord>(bytes);
    case record::Type::group_change: return group<GroupChangeRecord>(bytes);
    case record::Type::group_move: return group<GroupMoveRecord>(bytes);
    case record::Type::group_join: return group<GroupJoinRecord>(bytes);
    case record::Type::group_promote: return group<GroupPromoteRecord>(bytes);
    case record::Type::block: return fixed<record::Block>(bytes);
    case record::Type::forget_block: return fixed<record::ForgetBlock>(bytes);
    case record::Type::entitlement: return fixed<record::Entitlement>(bytes);
    case record::Type::eligible: return eligible(bytes);
    case record::Type::forget_entitlement: return fixed<record::ForgetEntitlement>(bytes);
    case record::Type::erase: return fixed<record::Erase>(bytes);
    case record::Type::catalogue: return fixed<record::Catalogue>(bytes);
    case record::Type::walk_in: return fixed<record::WalkIn>(bytes);
  }
  return "there is no record type " + std::to_string(static_cast<int>(header.type));
}

}  // namespace janji::model
