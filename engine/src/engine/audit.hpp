// What a data directory promises, held to what is in it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <janji/catalogue.hpp>
#include <janji/result.hpp>
#include <janji/verify.hpp>

#include "base/mix.hpp"
#include "ledger/details_buffers.hpp"
#include "record/booking_id.hpp"
#include "record/entitlement_image.hpp"
#include "record/group_records.hpp"
#include "record/image.hpp"
#include "record/record.hpp"
#include "state/recovery_sink.hpp"
#include "store/state_store.hpp"

namespace janji {

// The checks, in the order in which they are made.
enum class Check : std::uint8_t {
  files,
  chunks,
  lsns,
  chain,
  rows,
  meet,
  records,
  capacity,
  applicants,
  entitlements,
  operations,
  ids,
  recount,
  details,
};
inline constexpr std::size_t kChecks = 14;

// What is broken, and what that breaks.
struct Broken {
  Check check;
  Error error;
};

// Whether `stored`, salt and details, is what the record says that brought it.
inline bool details_match(std::span<const std::byte> stored, std::uint32_t size,
                          std::uint64_t hash) noexcept {
  return stored.size() == ledger::kDetailsSalt + size && ledger::details_hash(stored) == hash;
}

// Problem: whoever has a backup wants to know that no promise is broken in it, without an engine's
// tables, and without its catalogue.
// Operation: takes in the state as recovery finds it, recounts it, and applies each record behind
// it to plain maps by the functions that the engine uses itself; after each, every promise about
// what it touched is looked at. So each prefix of the journal is held to them.
// Concurrency: one thread. Limits: knows of the journal only what lies behind the state; that the
// details of records are right is for whoever reads them.
class Audit final : public state::RecoverySink {
 public:
  // `state`: of which the details are read, once the bookings are known.
  explicit Audit(const store::StateStore& state) : state_(state) {}

  Status on_meta(const state::StateMeta& meta, std::span<const state::EpochRow> epochs) override;
  Status on_lane(LaneId lane, std::string_view key) override;
  Status on_day(LaneId lane, Day day, std::span<const state::DayRowSlot> slots,
                std::span<const record::SlotGrant> grants) override;
  Status on_booking(record::Place place, const record::BookingImage& image) override;
  Status on_block(std::uint32_t cell, const record::BlockImage& image) override;
  Status on_entitlement(std::uint32_t cell, const record::EntitlementImage& image) override;
  Status on_eligible(std::uint32_t cell, const record::EligibleKeys& keys) override;
  Status on_state_loaded() override;
  Status on_record(Lsn lsn, const record::Header& header) override;

  // After the last record.
  Status finish();

  // Which promise the error was about that one of the above returned; nothing: none did.
  const std::optional<Check>& broken() const noexcept { return broken_; }
  bool state_is_loaded() const noexcept { return state_is_loaded_; }

  // Adds what it has counted.
  void count(VerifyTotals& totals) const;

 private:
  using Image = record::BookingImage;

  struct Key {
    std::uint64_t hi, lo, scope;  // scope 0: an operation's id
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
      return base::mix(key.hi, key.lo, key.scope);
    }
  };
  using Keys = std::unordered_map<Key, std::uint64_t, KeyHash>;  // whose booking it is

  struct Details {
    std::uint64_t lsn, hash;
    std::uint32_t size;
  };

  Error breaks(Check check, std::string words);

  Status take(Lsn lsn, const record::Epoch& epoch);
  Status take(Lsn lsn, const record::Lane& lane);
  Status take(Lsn lsn, const record::Day& day);
  Status take(Lsn lsn, const record::Archive& archive);
  Status take(Lsn lsn, const record::Slot& change);
  Status take(Lsn lsn, const record::GiveBack& made);
  Status take(Lsn lsn, const record::FallBack& fall);
  Status take(Lsn lsn, const record::Tranche& tranche);
  Status take(Lsn lsn, const record::Claim& claim);
  Status take(Lsn lsn, const record::WalkIn& walk_in);
  Status take(Lsn lsn, const record::GroupClaim& claim);
  Status take(Lsn lsn, const record::Join& join);
  Status take(Lsn lsn, const record::Promote& promote);
  Status take(Lsn lsn, const record::GroupJoin& join);
  Status take(Lsn lsn, const record::GroupPromote& promote);
  Status take(Lsn lsn, const record::Block& block);
  Status take(Lsn lsn, const record::ForgetBlock& forget);
  Status take(Lsn lsn, const record::Entitlement& made);
  Status take(Lsn lsn, const record::Eligible& change);
  Status take(Lsn lsn, const record::ForgetEntitlement& forget);
  Status take(Lsn lsn, const record::Erase& erase);
  Status take(Lsn lsn, const record::Catalogue& change);
  // Every other kind is about a booking, or about nothing that is kept.
  template <class R>
  Status take(Lsn lsn, const R& record) {
    return take_booking(lsn, record.header);
  }

  Status add_opening(std::uint64_t random);
  Status take_booking(Lsn lsn, const record::Header& header);
  Status take_place(record::Place place, Lsn lsn, const record::Header& header);
  Status check_new_id(record::Place place, const Image& image, bool by_this_opening);
  Status move_seats(const Image& before, const Image& after, bool later);
  Status move_applicant(const Image& before, const Image& after);
  Status move_operations(const Image& before, const Image& after);
  Status add_operation(const Key& id, std::uint64_t booking);
  Status add_seats(SlotKey slot, std::int64_t seats);
  Status give_up_seats(SlotKey slot, std::int64_t seats);
  state::DayRowSlot* find_slot(SlotKey slot);
  Status keep_grant(std::uint64_t day, const record::SlotGrant& grant);
  void forget_grants(std::uint64_t day);
  Status check_blocked(std::int64_t civil_ms, std::uint64_t hi, std::uint64_t lo);
  Status recount();
  Status check_details();

  // audit_waitlist.cpp
  Status move_waiting(record::Place place, const Image& before, const Image& after);
  using Offered = std::map<std::uint64_t, std::uint32_t>;  // seats, by slot
  Status check_join(SlotKey first, std::uint16_t last);
  Status check_turn(const Image& image, const Offered& offered);
  bool suffices_for(const Image& waits, std::uint64_t joined, const Offered& offered) const;
  std::vector<Image> members_of(const Image& head) const;
  bool only_waited(const Image& ended) const;
  void note_given_up(const Image& ended);

  // audit_entitlements.cpp
  struct Entitled {
    record::EntitlementImage image{};
    record::EligibleKeys keys;
    std::uint32_t groups{0};  // that name it
  };
  Entitled* find_entitled(std::uint64_t id);
  ServiceKey service_of(LaneId lane) const;
  template <class R>
  Status check_entitled(const R& made);
  Status move_units(const Image& before, const Image& after);
  Status recount_units();

  const store::StateStore& state_;
  std::optional<Check> broken_;
  bool state_is_loaded_{false};
  std::set<std::uint64_t> openings_;  // random parts
  std::uint64_t last_opening_{0};
  std::uint64_t changing_{0};  // digest of the change of the catalogue that is under way
  std::unordered_map<std::uint32_t, std::string> lanes_;
  std::set<std::string, std::less<>> lane_keys_;
  std::unordered_map<std::uint64_t, std::vector<state::DayRowSlot>> days_;  // by day_key
  std::unordered_map<std::uint64_t, std::vector<Key>> grants_;              // likewise
  std::unordered_map<record::Place, Image> bookings_;   // freed ones with their generation
  std::map<std::uint32_t, record::BlockImage> blocks_;  // by cell
  Keys blocked_;                                        // and their cells
  std::map<std::uint32_t, Entitled> entitlements_;      // by cell
  // By record::waited_for(): who waits, by the LSN of his join, and his place, of a group its
  // head's, with how many of its members do; and whoever does, for what.
  struct Waiting {
    record::Place place;
    std::uint32_t many;
  };
  std::unordered_map<std::uint64_t, std::map<std::uint64_t, Waiting>> waiting_;
  std::set<std::array<std::uint64_t, 3>> waits_;
  // By slot and applicant: the last change of his last booking there that has ended.
  std::map<std::array<std::uint64_t, 3>, std::uint64_t> given_up_;
  Keys applicants_;  // with an active booking in a scope
  Keys operations_;
  std::uint64_t details_rows_{0};
  std::set<std::uint64_t> to_be_erased_;  // LSNs of details that the state lacks already
};

}  // namespace janji
