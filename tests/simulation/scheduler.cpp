#include "simulation/scheduler.hpp"

#include <limits>
#include <utility>

#include <janji/check.hpp>

#include "base/mix.hpp"
#include "base/step.hpp"

namespace janji::simulation {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

Scheduler* of_the_steps = nullptr;  // whose fibers come by the steps

void at_step(const char* name) {
  if (of_the_steps != nullptr) of_the_steps->step(name);
}

}  // namespace

struct Scheduler::Task {
  std::string name;
  bool engines_own;
  std::uint64_t number;
  Fiber fiber;
  // What it waits for; all empty: it can go on.
  const Word* word{nullptr};
  std::int64_t until_ms{0};  // with a word: its limit; without: it sleeps
  std::function<bool()> done{};
  std::uint64_t frozen_until{0};  // in turns
};

class Scheduler::Handle final : public Threads::Thread {
 public:
  Handle(Scheduler& scheduler, Task& task) : scheduler_(scheduler), task_(task) {}
  void join() override {
    scheduler_.wait_until([this] { return task_.fiber.ended(); });
  }

 private:
  Scheduler& scheduler_;
  Task& task_;  // stays in the list until the scheduler goes
};

Scheduler::Scheduler(std::uint64_t seed, Order order, SimulatedClock& clock)
    : random_(seed), order_(order), clock_(clock) {
  JANJI_CHECK(of_the_steps == nullptr);
  of_the_steps = this;
  base::step_hook.store(&at_step, std::memory_order_release);
}

Scheduler::~Scheduler() {
  base::step_hook.store(nullptr, std::memory_order_release);
  of_the_steps = nullptr;
}

std::unique_ptr<Threads::Thread> Scheduler::add(std::string name, bool engines_own,
                                                std::function<void()> body) {
  tasks_.push_back(std::unique_ptr<Task>(
      new Task{std::move(name), engines_own, ++tasks_made_, Fiber(std::move(body))}));
  return std::make_unique<Handle>(*this, *tasks_.back());
}

std::unique_ptr<Threads::Thread> Scheduler::spawn(std::string name, std::function<void()> body) {
  return add(std::move(name), false, std::move(body));
}

std::unique_ptr<Threads::Thread> Scheduler::start(std::function<void()> body) {
  return add("the engine's thread " + std::to_string(tasks_made_ + 1), true, std::move(body));
}

void Scheduler::note(std::uint64_t what) {
  digest_ = base::mix(digest_, what, static_cast<std::uint64_t>(clock_.now_ms()));
}

std::string Scheduler::run() {
  for (;;) {
    Task* task = next();
    if (task == nullptr) {
      bool all_ended = true;
      for (const auto& one : tasks_) all_ended = all_ended && one->fiber.ended();
      if (all_ended) return {};
      if (!jump()) return overslept_.empty() ? "nobody can go on: " + who_waits() : overslept_;
      continue;
    }
    ++turns_;
    if (action_ && turns_ >= action_turn_) std::exchange(action_, nullptr)();
    note(task->number);
    if (order_.drift_permille != 0 &&
        random_.below(1000) < static_cast<std::uint64_t>(order_.drift_permille)) {
      clock_.advance(random_.between(1, order_.drift_ms));
    }
    running_ = task;
    task->fiber.resume();
    running_ = nullptr;
  }
}

bool Scheduler::can_run(Task& task) const {
  if (task.fiber.ended()) return false;
  if (task.done) return task.done();
  return task.until_ms <= clock_.now_ms();
}

// One of those who can go on; the frozen ones only when nobody else can.
Scheduler::Task* Scheduler::next() {
  ready_.clear();
  frozen_.clear();
  for (const auto& task : tasks_) {
    if (can_run(*task)) (task->frozen_until > turns_ ? frozen_ : ready_).push_back(task.get());
  }
  if (ready_.empty() && !frozen_.empty() && random_.percent(20) && jump()) return next();
  const std::vector<Task*>& from = ready_.empty() ? frozen_ : ready_;
  return from.empty() ? nullptr : from[random_.below(from.size())];
}

// To the next moment at which somebody can go on. False: there is none, or it would end a wait that
// nothing but the clock ends.
bool Scheduler::jump() {
  std::int64_t next_ms = kNever;
  bool disk_is_busy = false;
  for (const auto& task : tasks_) {
    if (task->fiber.ended() || task->done) continue;
    next_ms = std::min(next_ms, task->until_ms);
    disk_is_busy = disk_is_busy || (task->engines_own && task->word == nullptr);
  }
  if (next_ms == kNever) return false;
  if (prompt_waits_ && !disk_is_busy && frozen_.empty()) {
    for (const auto& task : tasks_) {
      if (task->fiber.ended() || task->engines_own || task->word == nullptr) continue;
      overslept_ =
          task->name + " waits, and nobody but the clock will wake anybody: " + who_waits();
      return false;
    }
  }
  clock_.advance_to(next_ms);
  return true;
}

std::string Scheduler::who_waits() const {
  std::string words;
  for (const auto& task : tasks_) {
    if (task->fiber.ended()) continue;
    if (!words.empty()) words += ", ";
    words += task->name + (task->done   ? " for another"
                           : task->word ? " on a word"
                                        : " for its time");
  }
  return words;
}

void Scheduler::give_way() {
  Fiber::suspend();
}

void Scheduler::step(const char* name) {
  if (watcher_) watcher_(name);
  if (running_ == nullptr) return;
  std::uint64_t letters = 0;
  for (const char* at = name; *at != '\0'; ++at)
    letters = letters * 31 + static_cast<unsigned char>(*at);
  note(letters);
  if (calm_) return;
  if (random_.below(1000) < static_cast<std::uint64_t>(order_.freeze_permille)) {
    running_->frozen_until =
        turns_ + 1 + random_.below(static_cast<std::uint64_t>(order_.freeze_turns));
    return give_way();
  }
  if (random_.percent(order_.switch_percent)) give_way();
}

void Scheduler::sleep(std::int64_t ms) {
  running_->until_ms = clock_.now_ms() + ms;
  give_way();
  running_->until_ms = 0;
}

void Scheduler::wait_until(std::function<bool()> done) {
  while (!done()) {
    running_->done = done;
    give_way();
    running_->done = nullptr;
  }
}

void Scheduler::wait(const Word& word, std::uint32_t expected, std::int64_t timeout_ms) noexcept {
  step("before_wait");
  if (word.load(std::memory_order_seq_cst) != expected) return;
  running_->word = &word;
  running_->until_ms = timeout_ms < 0 ? kNever : clock_.now_ms() + timeout_ms;
  give_way();
  running_->word = nullptr;
  running_->until_ms = 0;
}

void Scheduler::wake_all(const Word& word) noexcept {
  // No step here: the writer wakes others while it holds the lock on its listeners, and a real lock
  // is no word of ours.
  for (const auto& task : tasks_) {
    if (task->word == &word) task->until_ms = 0;
  }
}

}  // namespace janji::simulation
