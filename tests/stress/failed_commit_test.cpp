// Hazard 13: a commit fails under load. What was acknowledged is there after the restart; what
// wasn't can be asked again with the same id, and happens once.
#include <catch2/catch.hpp>

#include <thread>
#include <vector>

#include "model/journal_replay.hpp"
#include "model/names.hpp"
#include "stress/world.hpp"

namespace {

using namespace janji;
using namespace janji::stress;

constexpr std::uint64_t kThreads = 4;
constexpr int kCallsMax = 4000;  // far more than any commit that is told to fail needs

struct Answer {
  ClaimRequest request;
  Decision decision;
  bool acknowledged{false};
};

// Claims, each waited for, until one isn't acknowledged.
std::vector<Answer> claim_until_it_fails(World& world, Durability durability,
                                         std::uint64_t thread) {
  std::vector<Answer> answers;
  for (int i = 0; i < kCallsMax; ++i) {
    Answer answer;
    answer.request.lane = world.lane(thread % kLanes);
    answer.request.first_day = world.first_day();
    answer.request.last_day = Day{world.first_day().value + kDays - 1};
    answer.request.applicant = {thread + 1, static_cast<std::uint64_t>(i) + 1};
    answer.request.operation = {answer.request.applicant.hi, answer.request.applicant.lo};
    Patience patience;
    answer.decision = world.engine().try_claim(answer.request, patience);
    while (answer.decision.verdict == Verdict::wait &&
           world.engine().wait_round(answer.decision.round)) {
      answer.decision = world.engine().try_claim(answer.request, patience);
    }
    if (answer.decision.verdict == Verdict::granted) {
      // Relaxed, nothing is flushed by a clock that stands: it is asked for.
      if (durability == Durability::relaxed) (void)world.engine().settle();
      answer.acknowledged = world.engine().wait_durable(answer.decision.lsn);
    }
    answers.push_back(answer);
    if (!answer.acknowledged) break;
  }
  return answers;
}

// The same request again: granted anew or replayed, one or the other. Which booking it is.
BookingId ask_again(World& world, const ClaimRequest& request) {
  const Result<Booking> booking = world.engine().claim(request);
  INFO("asked again: " << to_string(booking.code()));
  REQUIRE(booking.ok());
  const Result<Booking> again = world.engine().claim(request);
  REQUIRE(again.ok());
  REQUIRE(again->id == booking->id);
  return booking->id;
}

void fail(Durability durability, int commits, bool lands) {
  INFO("commit " << commits << " fails, its bytes " << (lands ? "land" : "are lost"));
  World world(durability, 7);
  world.stop_clock();  // nothing expires, nothing is forgotten
  world.disk().fail_after(commits, lands);
  std::vector<std::vector<Answer>> answers(kThreads);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] { answers[t] = claim_until_it_fails(world, durability, t); });
  }
  for (std::thread& thread : threads) thread.join();

  // Waiters hear of it a moment before the gate is shut.
  while (world.engine().health() == Health::serving) std::this_thread::yield();
  // It stopped: nothing more is decided or acknowledged, and it says why.
  REQUIRE(world.engine().health() == Health::failed);
  REQUIRE(world.engine().last_problem().find("a test wanted it so") != std::string::npos);
  Patience patience;
  const Decision refused = world.engine().try_claim(answers[0].front().request, patience);
  REQUIRE(refused.verdict == Verdict::refused);
  REQUIRE(refused.code == Code::outcome_unknown);
  const Lsn durable = world.engine().durable_lsn();

  world.disk().mend();
  world.reopen();
  model::JournalReplay recovered;
  const model::Finding legal = recovered.follow(world.journal());
  REQUIRE((legal ? model::to_string(*legal) : "") == "");
  const model::LedgerModel& found = recovered.model();
  int unknown = 0;
  int landed = 0;
  for (const auto& of_thread : answers) {
    for (const Answer& answer : of_thread) {
      if (answer.acknowledged) {
        REQUIRE(answer.decision.lsn <= durable);
        const Result<Booking> booking = world.engine().find(answer.decision.booking);
        INFO(model::name(answer.decision.booking));
        REQUIRE(booking.ok());
        REQUIRE(booking->applicant == answer.request.applicant);
      } else {
        ++unknown;
        // Done or not done, never half: what the journal has of it is what is given again.
        const model::ModelOperation* done = found.find_operation(answer.request.operation);
        const BookingId id = ask_again(world, answer.request);
        if (done != nullptr) REQUIRE(id == done->booking);
        if (done != nullptr) REQUIRE(id == answer.decision.booking);
        landed += done != nullptr ? 1 : 0;
      }
    }
  }
  REQUIRE(unknown > 0);
  REQUIRE((landed > 0) == lands);

  REQUIRE(world.come_to_rest() == "");
  model::JournalReplay replay({kRetentionMs});
  const model::Finding finding = replay.follow(world.journal());
  REQUIRE((finding ? model::to_string(*finding) : "") == "");
}

TEST_CASE("a failed commit acknowledges nothing, and nothing that was acknowledged is lost") {
  for (const int commits : {0, 1, 7, 40}) {
    for (const bool lands : {false, true}) {
      fail(Durability::strict, commits, lands);
      fail(Durability::memory, commits, lands);
      fail(Durability::relaxed, commits, lands);
    }
  }
}

}  // namespace
