#include "state/recovery_survey.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <unordered_map>

#include "journal/chunk.hpp"
#include "record/visit.hpp"
#include "state/day_row.hpp"
#include "state/epochs.hpp"
#include "state/lane_row.hpp"
#include "state/meta.hpp"
#include "state/row.hpp"

namespace janji::state {
namespace {

constexpr std::size_t kReadChunks = 32;

// Which days are open while the records are replayed.
class OpenDays {
 public:
  explicit OpenDays(Survey& found) : found_(found) {}

  void open(std::uint64_t key, std::uint64_t slots) {
    const std::int32_t date = first_slot_of(key).day().value;
    if (!slots_.emplace(key, slots).second) return;  // recover() will say so
    if (lanes_[date]++ == 0) {
      for (const std::int32_t other : found_.days) found_.gaps.insert(std::abs(other - date));
      found_.days.insert(date);
    }
    now_ += slots;
    found_.slots = std::max(found_.slots, now_);
  }
  void archive(std::uint64_t key) {
    const auto known = slots_.find(key);
    if (known == slots_.end()) return;
    now_ -= known->second;
    slots_.erase(known);
    const std::int32_t date = first_slot_of(key).day().value;
    if (--lanes_[date] == 0) found_.days.erase(date);
  }

 private:
  Survey& found_;
  std::unordered_map<std::uint64_t, std::uint64_t> slots_;  // by day_key()
  std::unordered_map<std::int32_t, std::uint32_t> lanes_;   // by date, where it is open
  std::uint64_t now_{0};
};

Status survey_state(const store::StateStore& state, OpenDays& days, Survey& found) {
  Status lanes = state.scan(StateTable::lanes, 0, [&](std::uint64_t key, Bytes row) -> Status {
    const auto text = decode_lane_row(LaneId{static_cast<std::uint32_t>(key)}, row);
    if (!text) return text.error();
    found.lanes.emplace_back(*text);
    return success();
  });
  if (!lanes.ok()) return lanes;
  return state.scan(StateTable::days, 0, [&](std::uint64_t key, Bytes row) -> Status {
    const auto payload = open_row(StateTable::days, key, row);
    if (!payload) return payload.error();
    days.open(key, DayRow::slots_in(*payload));
    return success();
  });
}

void survey_record(const record::Header& header, OpenDays& days, Survey& found) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  if (header.type == record::Type::lane) {
    found.lanes.emplace_back(record::key_of(record::as<record::Lane>(bytes)));
  } else if (header.type == record::Type::day) {
    const auto& day = record::as<record::Day>(bytes);
    days.open(day_key(LaneId{day.lane}, Day{day.day}), day.slots);
  } else if (header.type == record::Type::archive) {
    const auto& archive = record::as<record::Archive>(bytes);
    days.archive(day_key(LaneId{archive.lane}, Day{archive.day}));
  }
}

// The ledger time of the last opening.
Result<std::int64_t> survey_epochs(const store::StateStore& state) {
  const auto epochs = EpochTable::load(state);
  if (!epochs) return epochs.error();
  return epochs->rows().empty() ? 0 : epochs->rows().back().ledger_ms;
}

Status survey_journal(const store::JournalStore& journal, StateMeta& meta, std::int64_t& opened_ms,
                      OpenDays& days, Survey& found) {
  for (;;) {
    const Lsn from{meta.applied + 1};
    const auto chunks = journal.read(from, kReadChunks);
    if (!chunks) return chunks.error();
    if (chunks->empty()) return success();
    for (const store::StoredChunk& chunk : *chunks) {
      const auto view = journal::ChunkView::open(chunk.bytes);
      if (!view) return view.error();
      // A row under another chunk's key must not keep us here.
      if (view->last() < from) return success();
      if (!record::is_ledger_time(view->ledger_time().value)) return success();
      (void)view->each([&](Lsn, const record::Header& header) -> Status {
        survey_record(header, days, found);
        return success();
      });
      const std::uint64_t epoch = meta.epoch;
      advance(meta, *view);
      if (meta.epoch != epoch) {
        const auto* front = reinterpret_cast<const std::byte*>(&view->front());
        opened_ms = record::as<record::Epoch>(front).ledger_ms;
      }
    }
  }
}

Status survey_all(const store::JournalStore& journal, const store::StateStore& state,
                  Survey& found) {
  auto meta = read_meta(state);
  if (!meta) return meta.error();
  auto opened_ms = survey_epochs(state);
  if (!opened_ms) return opened_ms.error();
  OpenDays days(found);
  if (Status status = survey_state(state, days, found); !status.ok()) return status;
  if (Status status = survey_journal(journal, *meta, *opened_ms, days, found); !status.ok()) {
    return status;
  }
  found.ledger_time = LedgerTime{meta->ledger_ms};
  if (meta->epoch != 0) {
    found.civil_time = CivilTime{meta->civil_ms + meta->ledger_ms - *opened_ms};
  }
  return success();
}

}  // namespace

Survey survey(const store::JournalStore& journal, const store::StateStore& state) {
  Survey found;
  found.read = survey_all(journal, state, found);
  return found;
}

}  // namespace janji::state
