#include "checker/execution.hpp"

#include <cstdlib>
#include <stdexcept>

#include "checker/arena.hpp"

namespace janji::interleavings {

Execution* Execution::current_ = nullptr;

// Before or after the threads; what fails is left at once.
void Execution::alone(const std::function<void()>& step) {
  const ArenaDoor open(true);
  try {
    step();
  } catch (const Failed&) {
  }
}

void Execution::prepare(const MakeScene& make) {
  Arena& arena = Arena::instance();
  failure_.clear();
  arena.clear();
  alone([&] { scene_ = make().release(); });
  image_ = arena.image();
  if (!failure_.empty()) throw std::runtime_error("the scene's set-up: " + failure_);
}

std::string Execution::run(std::uint64_t seed) {
  Arena& arena = Arena::instance();
  random_ = Random(seed);
  failure_.clear();
  threads_ = {};
  steps_ = 0;
  steady_ms_ = 0;
  constexpr std::uint32_t kOften[] = {128, 64, 24, 8};
  switches_ = kOften[random_.below(4)];
  constexpr std::uint32_t kStale[] = {240, 128, 64, 16};
  const Memory::Staleness staleness{kStale[random_.below(4)], random_.often(128)};
  arena.restore(image_);
  memory_.begin(arena.begin(), Arena::kBytes);
  alone([this] { scene_->start(); });
  const std::size_t threads = scene_->threads();
  memory_.start_threads(threads, staleness);
  for (std::size_t t = 1; t <= threads; ++t) begin_thread(t);
  current_ = this;
  running_ = choose();
  fibers_[running_]->resume_from(outside_);
  current_ = nullptr;
  if (failure_.empty()) alone([this] { scene_->finish(); });
  return failure_;
}

void Execution::begin_thread(std::size_t thread) {
  threads_[thread].state = State::ready;
  if (!fibers_[thread]) fibers_[thread] = std::make_unique<Fiber>();
  fibers_[thread]->begin([this, thread] {
    {
      const ArenaDoor open(true);
      scene_->run(thread - 1);
    }
    threads_[thread].state = State::finished;
    leave();
  });
}

// A thread that may go on; kThreadsMax: none.
std::size_t Execution::choose() {
  std::size_t ready[kThreadsMax];
  std::size_t many = 0;
  for (std::size_t t = 1; t < kThreadsMax; ++t) {
    if (threads_[t].state == State::ready) ready[many++] = t;
  }
  return many == 0 ? kThreadsMax : ready[random_.below(many)];
}

void Execution::go_to(std::size_t thread) {
  if (thread == running_) return;
  const std::size_t from = running_;
  running_ = thread;
  fibers_[thread]->resume_from(fibers_[from]->context());
}

// Before each access: perhaps another thread first.
void Execution::step() {
  if (++steps_ > kStepsMax) fail("no end after 50,000 steps");
  if (random_.often(switches_)) go_to(choose());
}

// The running thread can't go on: another one does. Returns when it can.
void Execution::leave() {
  std::size_t next = choose();
  if (next == kThreadsMax) {
    // Time passes only when nothing else can happen.
    for (Thread& thread : threads_) {
      if (thread.state != State::asleep_for_a_while) continue;
      thread.state = State::ready;
      thread.timed_out = true;
    }
    next = choose();
  }
  if (next != kThreadsMax) return go_to(next);
  for (std::size_t t = 1; t < kThreadsMax; ++t) {
    if (threads_[t].state == State::asleep) {
      fail("thread " + std::to_string(t - 1) + " sleeps, and nobody is left to wake it");
    }
  }
  setcontext(&outside_);  // all have finished
}

void Execution::fail(const std::string& what) {
  const ArenaDoor shut(false);
  if (failure_.empty()) failure_ = what;
  if (current_ == nullptr) throw Failed{};
  setcontext(&outside_);
  std::abort();  // it doesn't return
}

std::uint64_t Execution::load(const void* at, std::size_t size, const Place& place) {
  const ArenaDoor shut(false);
  step();
  const Effect effect = effect_at(place);
  const std::uint64_t value = memory_.load(running_, at, size, effect.order);
  return effect.value == nullptr ? value : effect.value->value(value, value);
}

void Execution::store(void* at, std::size_t size, std::uint64_t value, const Place& place) {
  const ArenaDoor shut(false);
  step();
  const Effect effect = effect_at(place);
  if (effect.value != nullptr) value = effect.value->value(memory_.newest(at, size), value);
  memory_.store(running_, at, size, value, effect.order);
}

bool Execution::compare_exchange(void* at, std::size_t size, std::uint64_t& expected,
                                 std::uint64_t next, bool weak, const Place& good,
                                 const Place& bad) {
  const ArenaDoor shut(false);
  step();
  const Effect effect = effect_at(good);
  const std::uint64_t newest = memory_.newest(at, size);
  if (newest != expected || (weak && random_.often(16))) {
    // A failure is a load, which may return what is no longer the newest, but for a strong one
    // never what was expected.
    const std::memory_order order = effect_at(bad).order;
    std::uint64_t seen = memory_.load(running_, at, size, order);
    if (seen == expected && !weak) seen = memory_.load_newest(running_, at, size, order);
    expected = seen;
    return false;
  }
  if (effect.value != nullptr) next = effect.value->value(newest, next);
  memory_.modify(running_, at, size, next, effect.order);
  return true;
}

std::uint64_t Execution::modify(void* at, std::size_t size, std::uint64_t operand,
                                const Place& place) {
  const ArenaDoor shut(false);
  step();
  const Effect effect = effect_at(place);
  const std::uint64_t before = memory_.newest(at, size);
  std::uint64_t next = modified(place.access, before, operand);
  if (size < sizeof next) next &= (std::uint64_t{1} << (8 * size)) - 1;
  if (effect.value != nullptr) next = effect.value->value(before, next);
  memory_.modify(running_, at, size, next, effect.order);
  return before;
}

void Execution::plain_read(const void* at, std::size_t size) {
  const ArenaDoor shut(false);
  if (const std::string race = memory_.read(running_, at, size); !race.empty()) fail(race);
}

void Execution::plain_write(const void* at, std::size_t size) {
  const ArenaDoor shut(false);
  if (const std::string race = memory_.write(running_, at, size); !race.empty()) fail(race);
}

// The kernel compares and goes to sleep in one step, and a waker that changed the word before sees
// the sleeper: so the newest value is what counts. It orders nothing else.
void Execution::futex_wait(const void* at, std::uint32_t expected, std::int64_t timeout_ms) {
  const ArenaDoor shut(false);
  step();
  if (memory_.newest(at, sizeof expected) != expected) return;
  Thread& self = threads_[running_];
  self.state = timeout_ms >= 0 ? State::asleep_for_a_while : State::asleep;
  self.sleeps_on = at;
  self.timed_out = false;
  leave();
  if (self.timed_out) steady_ms_ += timeout_ms;
}

void Execution::futex_wake_all(const void* at) {
  const ArenaDoor shut(false);
  step();
  for (Thread& thread : threads_) {
    const bool asleep = thread.state == State::asleep || thread.state == State::asleep_for_a_while;
    if (asleep && thread.sleeps_on == at) thread.state = State::ready;
  }
}

}  // namespace janji::interleavings
