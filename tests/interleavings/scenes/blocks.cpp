// An applicant who is blocked while a claim of theirs is on its way.
#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

constexpr std::int64_t kLongMs = 1'000'000;

// `before`: there was a block, which was lifted, so that its cell is marked anew.
class ApplicantBlocked : public House {
 public:
  explicit ApplicantBlocked(bool before) : House(2, {.capacity = 2, .bookings = 4}) {
    if (!before) return;
    require(block(1, kLongMs, 201).verdict == Verdict::granted, "nobody is in the way");
    round();
    require(block(1, 0, 202).verdict == Verdict::granted, "nobody is in the way");
    round();
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision decision = block(1, kLongMs, 203);
      require(decision.verdict == Verdict::granted || decision.code == Code::retry,
              "an answer that nothing explains");
      if (decision.verdict != Verdict::granted) return;
      wait_durable(decision);
      const Decision late = claim(claim_of(1, slot(1), 103));
      require(late.code == Code::blocked || late.code == Code::retry,
              "told that the applicant is blocked, and a claim is granted");
    } else {
      const Decision decision = claim(claim_of(1, slot(0), 102));
      require(decision.verdict == Verdict::granted || decision.code == Code::blocked ||
                  decision.code == Code::retry,
              "an answer that nothing explains");
      if (decision.code != Code::blocked) return;
      wait_durable(decision);
      require(audit().last() >= decision.lsn.value, "refused for what isn't committed");
    }
  }
};

// The block ends and is forgotten while somebody claims and somebody blocks anew.
class BlockForgotten final : public House {
 public:
  BlockForgotten() : House(2, {.capacity = 2, .bookings = 4}) {
    require(block(1, 5000, 201).verdict == Verdict::granted, "nobody is in the way");
    round();
    start_at(7000);
  }

 private:
  void look_at_days() override { forget_blocks(); }
  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision decision = block(1, kLongMs, 203);
      require(decision.verdict == Verdict::granted || decision.code == Code::retry,
              "an answer that nothing explains");
    } else {
      const Decision decision = claim(claim_of(1, slot(0), 102));
      require(decision.verdict == Verdict::granted || decision.code == Code::blocked ||
                  decision.code == Code::retry,
              "an answer that nothing explains");
    }
  }
};

}  // namespace

std::unique_ptr<Scene> applicant_blocked() {
  return std::make_unique<ApplicantBlocked>(false);
}

std::unique_ptr<Scene> applicant_blocked_again() {
  return std::make_unique<ApplicantBlocked>(true);
}

std::unique_ptr<Scene> block_forgotten() {
  return std::make_unique<BlockForgotten>();
}

}  // namespace janji::interleavings
