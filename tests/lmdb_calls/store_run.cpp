#include "lmdb_calls/store_run.hpp"

#include <catch2/catch.hpp>

#include "journal/chunk_chain.hpp"

namespace janji::lmdb_calls {
namespace {

using journal::ChainPoint;
using store::StateTable;

constexpr Lsn kDetailsAt{3};

class Run {
 public:
  explicit Run(Outcome& outcome) : known_(outcome.known), part_(outcome.part) {}

  Status write(store::Stores& stores) {
    store::JournalStore& journal = stores.journal();
    part_ = Part::journal_write;
    if (Status s = round(journal, 40, true, Lsn{}, true); !s.ok()) return s;
    if (Status s = step(stores.state(), 1); !s.ok()) return s;
    part_ = Part::journal_write;
    // Two rounds that wait, then the one that carries them.
    if (Status s = round(journal, 30, true, Lsn{}, false); !s.ok()) return s;
    if (Status s = round(journal, 30, true, Lsn{11}, false); !s.ok()) return s;
    if (Status s = round(journal, 30, false, Lsn{}, true); !s.ok()) return s;
    // The first chunk goes, and its details.
    known_.details_trimmed = true;
    if (Status s = round(journal, 30, false, Lsn{41}, true); !s.ok()) return s;
    return step(stores.state(), 2);
  }

 private:
  Status round(store::JournalStore& journal, std::size_t records, bool details, Lsn trim,
               bool sync) {
    const samples::MadeChunk chunk = samples::tick_chunk(point_, records);
    if (Status s = journal.begin(); !s.ok()) return s;
    if (Status s = samples::append(journal, chunk); !s.ok()) return s;
    if (details) {
      const Lsn at{point_.last.value + kDetailsAt.value};
      if (Status s = journal.put_details(at, samples::some_bytes(100, 3)); !s.ok()) return s;
    }
    if (trim != Lsn{}) {
      if (auto trimmed = journal.trim(trim, 1); !trimmed) return trimmed.error();
    }
    point_ = chunk.point;
    if (sync) known_.on_the_way = point_;
    const Status s = journal.commit(sync);
    if (s.ok() && sync) known_.journal = point_;
    return s;
  }

  Status step(store::StateStore& state, int number) {
    part_ = Part::state_write;
    if (Status s = state.begin(); !s.ok()) return s;
    part_ = Part::state_get;
    if (auto row = state.get(StateTable::lanes, 1); !row) return row.error();
    part_ = Part::state_write;
    if (Status s = state.put(StateTable::lanes, 1, state_row(number)); !s.ok()) return s;
    if (Status s = state.erase(StateTable::days, 9); !s.ok()) return s;
    if (Status s = state.put(StateTable::days, 9, state_row(number)); !s.ok()) return s;
    known_.state_on_the_way = number;
    const Status s = state.commit();
    if (s.ok()) known_.state = number;
    return s;
  }

  Known& known_;
  Part& part_;
  ChainPoint point_;
};

// The whole journal, held to its chain. Returns where it ends.
ChainPoint end_of(const store::JournalStore& journal) {
  const auto bounds = journal.bounds();
  REQUIRE(bounds.ok());
  const auto chunks = journal.read(bounds->first, 32);
  REQUIRE(chunks.ok());
  std::optional<journal::ChunkChain> chain;
  ChainPoint end;
  for (const store::StoredChunk& chunk : *chunks) {
    const auto view = journal::ChunkView::open(chunk.bytes);
    REQUIRE(view.ok());
    if (chunk.first == Lsn{1}) chain.emplace();
    if (chain) REQUIRE(chain->accept(*view).ok());
    end = view->point();
  }
  CHECK(end.last == bounds->last);
  return end;
}

}  // namespace

samples::Bytes state_row(int number) {
  return samples::some_bytes(50, static_cast<unsigned>(number));
}

Status read_everything(store::Stores& stores) {
  const store::JournalStore& journal = stores.journal();
  const store::StateStore& state = stores.state();
  for (const std::uint64_t from : {1U, 41U, 60U, 5000U}) {
    if (auto chunks = journal.read(Lsn{from}, 2); !chunks) return chunks.error();
  }
  for (const std::uint64_t lsn : {43U, 44U}) {
    if (auto details = journal.details(Lsn{lsn}); !details) return details.error();
  }
  if (auto bounds = journal.bounds(); !bounds) return bounds.error();
  if (auto room = journal.free_bytes(); !room) return room.error();
  if (auto room = state.free_bytes(); !room) return room.error();
  if (auto row = state.read(StateTable::lanes, 1); !row) return row.error();
  return state.scan(StateTable::days, 0, [](auto, auto) { return success(); });
}

Outcome run(samples::Place& place, std::unique_ptr<store::Stores>& stores) {
  Outcome outcome;
  auto opened = place.try_open();
  if (!opened) {
    outcome.status = opened.error();
    return outcome;
  }
  stores = std::move(*opened);
  outcome.status = Run(outcome).write(*stores);
  if (!outcome.status.ok()) return outcome;
  outcome.part = Part::read;
  outcome.status = read_everything(*stores);
  return outcome;
}

void require_kept(store::Stores& stores, const Known& known) {
  const ChainPoint end = end_of(stores.journal());
  CHECK((end == known.journal || end == known.on_the_way));
  const auto details = stores.journal().details(kDetailsAt);
  REQUIRE(details.ok());
  if (known.journal != ChainPoint{} && !known.details_trimmed) {
    CHECK(*details == samples::some_bytes(100, 3));
  }
  for (const StateTable table : {StateTable::lanes, StateTable::days}) {
    const auto row = stores.state().read(table, table == StateTable::lanes ? 1 : 9);
    REQUIRE(row.ok());
    const auto is = [&](int number) {
      return number == 0 ? !row->has_value() : row->has_value() && **row == state_row(number);
    };
    CHECK((is(known.state) || is(known.state_on_the_way)));
  }
}

}  // namespace janji::lmdb_calls
