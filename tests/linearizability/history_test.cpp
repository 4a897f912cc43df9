// Short concurrent histories of one slot, by the real engine, held to what one slot may do.
#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "engine_fixture.hpp"
#include "linearizability/checker.hpp"
#include "linearizability/slot_spec.hpp"
#include "model/names.hpp"
#include "model/random.hpp"
#include "store/memory_store.hpp"
#include "support/counted.hpp"

using namespace janji;
using namespace janji::linearizability;
using namespace janji::test;

namespace {

constexpr std::size_t kThreads = 8;
constexpr std::size_t kNames = 48;  // claims of one history
constexpr std::int64_t kRoundTimeoutMs = 10'000;
using Calls = std::vector<Call<SlotOperation>>;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// One history: its slot, which nobody else uses, and its people.
struct Scene {
  std::uint64_t number{};
  SlotKey slot;
  std::uint32_t capacity{};
  std::size_t calls_each{};
  std::atomic<std::uint32_t> front{4};
  std::atomic<std::uint32_t> changed{};  // the last that somebody went to change
  std::array<std::atomic<std::uint64_t>, kNames> booking{};  // by name, once it is known
};

class Client {
 public:
  Client(Engine& engine, Scene& scene, std::uint64_t seed)
      : engine_(engine), scene_(scene), random_(seed) {}

  void run() {
    for (std::size_t i = 0; i < scene_.calls_each; ++i) step();
  }
  const Calls& calls() const { return calls_; }
  const std::string& wrong() const { return wrong_; }

 private:
  void step() {
    const std::uint64_t dice = random_.below(100);
    if (dice < 45) return claim();
    auto name = static_cast<std::uint32_t>(random_.below(kNames));
    if (random_.percent(40)) name = scene_.changed.load(std::memory_order_relaxed);
    // Acquire: the booking's id is all that is needed, and it was told by the engine.
    const BookingId id{scene_.booking[name].load(std::memory_order_acquire)};
    if (id.value == 0) return claim();
    if (dice < 60) return change(Kind::confirm, name, id);
    if (dice < 90) return change(Kind::cancel, name, id);
    find(name, id);
  }

  void claim() {
    // Near the front, so that one request is sent twice at once.
    std::uint32_t name = scene_.front.load(std::memory_order_relaxed) - 1 -
                         static_cast<std::uint32_t>(random_.below(4));
    if (random_.percent(40)) name = scene_.front.fetch_add(1, std::memory_order_relaxed);
    name %= kNames;
    model::Random fixed(scene_.number * kNames + name);  // the same request under the same name
    ClaimRequest request;
    request.slot = scene_.slot;
    request.seats = static_cast<std::uint16_t>(1 + fixed.below(2));
    const auto person = static_cast<std::uint32_t>(fixed.below(6));
    request.applicant = {scene_.number + 1, person + 1};
    request.operation = {scene_.number + 1, name + 1};
    SlotOperation op{Kind::claim, name, person, request.seats, {}, {}, {}, {}};
    const Decision decision =
        decide(op, [&](Patience& patience) { return engine_.try_claim(request, patience); });
    if (decision.verdict == Verdict::granted) {
      scene_.booking[name].store(decision.booking.value, std::memory_order_release);
    }
  }

  void change(Kind kind, std::uint32_t name, BookingId id) {
    SlotOperation op{kind, name, {}, {}, {}, {}, {}, {}};
    scene_.changed.store(name, std::memory_order_relaxed);
    // Without an id, or under one of two, so that others ask under the same.
    op.id = static_cast<std::uint32_t>(random_.below(3));
    OperationId operation;
    if (op.id != 0) operation = {id.value, 2 * static_cast<std::uint64_t>(kind) + op.id};
    decide(op, [&](Patience& patience) {
      return kind == Kind::confirm ? engine_.try_confirm({id, operation, 0, {}}, patience)
                                   : engine_.try_cancel({id, operation, 0}, patience);
    });
  }

  // Its state is told once it is durable, as a portal would.
  void find(std::uint32_t name, BookingId id) {
    SlotOperation op{Kind::find, name, {}, {}, {}, {}, {}, {}};
    const std::int64_t called = now_ns();
    const Result<Booking> found = engine_.find(id);
    if (!found.ok()) {
      if (found.code() != Code::retry) wrong_ = "a booking can't be found";
      return;
    }
    wait_for(found->lsn);
    op.found = found->state;
    calls_.push_back({op, called, now_ns()});
  }

  template <class Try>
  Decision decide(SlotOperation& op, Try&& attempt) {
    Patience patience;
    const std::int64_t called = now_ns();
    Decision decision = attempt(patience);
    while (decision.verdict == Verdict::wait) {
      if (!engine_.wait_round(decision.round, kRoundTimeoutMs)) wrong_ = "a round never ended";
      decision = attempt(patience);
    }
    wait_for(decision.lsn);
    const std::int64_t returned = now_ns();
    op.answer = decision.code;
    op.replayed = decision.replayed;
    // What had no effect and says nothing of the slot.
    if (op.answer == Code::retry || op.answer == Code::overloaded) return decision;
    // Some answers are lost on the way.
    calls_.push_back({op, called, random_.percent(3) ? kNever : returned});
    return decision;
  }

  void wait_for(Lsn lsn) {
    if (lsn.value != 0 && !engine_.wait_durable(lsn, kRoundTimeoutMs)) {
      wrong_ = "LSN " + std::to_string(lsn.value) + " never became durable";
    }
  }

  Engine& engine_;
  Scene& scene_;
  model::Random random_;
  Calls calls_;
  std::string wrong_;
};

std::string words_of(const Calls& calls) {
  Calls sorted = calls;
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.called < b.called; });
  const std::int64_t begin = sorted.empty() ? 0 : sorted.front().called;
  std::ostringstream out;
  for (const auto& call : sorted) {
    const SlotOperation& op = call.operation;
    out << call.called - begin << " to "
        << (call.pending() ? std::string("?") : std::to_string(call.returned - begin)) << ": "
        << name_of(op.kind) << " of booking " << op.booking;
    if (op.kind == Kind::claim) out << " by " << op.person << ", " << op.seats << " seats";
    out << " -> "
        << (op.kind == Kind::find ? "state " + std::to_string(static_cast<int>(op.found))
                                  : std::string(to_string(op.answer)))
        << (op.replayed ? " (replayed)" : "");
    if (op.id != 0) out << ", id " << op.id;
    out << '\n';
  }
  return out.str();
}

// An engine for some hundred histories: each has a slot of its own.
struct House {
  explicit House(std::uint64_t seed) {
    options.durability = Durability::strict;
    options.store = &disk;
    options.bookings_max = 1U << 15;
    options.operations_max = 1U << 16;
    options.seed = seed;
    engine = open_engine(options);
  }
  static SlotKey slot(std::uint64_t i) {
    return slot_at(1 + static_cast<int>(i / 24 % 6), static_cast<int>(i % 24),
                   static_cast<std::uint32_t>(i / 144));
  }
  static constexpr std::uint64_t kScenes = 288;

  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock, 4);
  std::unique_ptr<Engine> engine;
};

struct Tally {
  std::uint64_t histories{}, calls{}, granted{}, refused{}, replayed{}, cut_off{};
  std::uint64_t changed{}, changed_again{};  // by a confirm or cancel, and by its repetition
};

void run_histories(std::uint64_t seed, std::uint64_t histories, Tally& tally) {
  for (std::uint64_t done = 0; done < histories; done += House::kScenes) {
    const std::uint64_t many = std::min(House::kScenes, histories - done);
    House house(seed + done);
    std::vector<std::unique_ptr<Scene>> scenes;
    std::vector<std::vector<std::unique_ptr<Client>>> clients;
    for (std::uint64_t i = 0; i < many; ++i) {
      Scene& scene = *scenes.emplace_back(std::make_unique<Scene>());
      scene.number = i;
      scene.slot = House::slot(i);
      scene.capacity = 4;
      model::Random random(seed * 1'000'003 + done + i);
      scene.calls_each = 2 + random.below(11);
      auto& crew = clients.emplace_back();
      for (std::size_t t = 0; t < kThreads; ++t) {
        crew.push_back(std::make_unique<Client>(*house.engine, scene, random.next()));
      }
    }
    std::barrier start(static_cast<std::ptrdiff_t>(kThreads));
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (std::uint64_t i = 0; i < many; ++i) {
          start.arrive_and_wait();
          clients[i][t]->run();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::uint64_t i = 0; i < many; ++i) {
      Calls calls;
      for (const auto& client : clients[i]) {
        REQUIRE(client->wrong() == "");
        calls.insert(calls.end(), client->calls().begin(), client->calls().end());
      }
      SlotState slot;
      slot.capacity = scenes[i]->capacity;
      INFO("seed " << seed << ", history " << done + i << ":\n" << words_of(calls));
      REQUIRE(Checker<SlotSpec>().linearizable(slot, calls));
      ++tally.histories;
      tally.calls += calls.size();
      for (const auto& call : calls) {
        tally.cut_off += call.pending();
        const SlotOperation& op = call.operation;
        tally.replayed += op.replayed;
        const bool change = op.kind == Kind::confirm || op.kind == Kind::cancel;
        tally.changed += change && op.answer == Code::ok && !op.replayed;
        tally.changed_again += change && op.replayed;
        (op.answer == Code::ok ? tally.granted : tally.refused) += 1;
      }
    }
  }
}

void run_and_tell(std::uint64_t otherwise) {
  const std::uint64_t seed = model::number_from("JANJI_LINEAR_SEED", 1);
  Tally tally;
  run_histories(seed, model::number_from("JANJI_LINEAR_HISTORIES", otherwise), tally);
  std::ostringstream words;
  words << "linearizability: seed " << seed << ", " << tally.histories << " histories, "
        << tally.calls << " calls, " << tally.granted << " granted, " << tally.replayed
        << " replayed, " << tally.refused << " refused, " << tally.cut_off << " cut off";
  WARN(words.str());
  test::counted(tally.histories, "histories");
  test::counted(tally.calls, "calls");
  // That every kind of answer was among them.
  CHECK(tally.granted > tally.histories);
  CHECK(tally.refused > tally.histories);
  CHECK(tally.replayed > tally.histories / 10);
  CHECK(tally.changed > tally.histories / 2);
  CHECK(tally.changed_again > tally.histories / 10);
  CHECK(tally.cut_off > tally.histories / 10);
}

}  // namespace

TEST_CASE("short concurrent histories of one slot are linearizable") {
  run_and_tell(500);
}

TEST_CASE("and so are 2,000", "[slow]") {
  run_and_tell(2000);
}

TEST_CASE("and so are 100,000", "[soak]") {
  run_and_tell(100'000);
}
