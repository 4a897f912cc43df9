// The key index: inserts of one key, with removals going on.
#include <array>

#include "ledger/key_index.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

using ledger::KeyIndex;

// All hashes are of one home bucket; the key is the hash's low half.
constexpr std::uint64_t kKey = 0x77;

class IndexScene : public Scene {
 protected:
  static constexpr std::uint32_t kReferences = 32;

  // Plain: whoever compares a key must have been told of it by the index.
  bool matches(std::uint32_t reference, std::uint64_t key) const { return key_[reference] == key; }
  auto is(std::uint64_t key) {
    return [this, key](std::uint32_t reference) { return matches(reference, key); };
  }
  KeyIndex::Inserted insert(std::uint64_t key, std::uint32_t reference) {
    const KeyIndex::Walk walk = index_.walk(key, is(key));
    key_[reference] = key;
    return index_.insert(key, reference, walk, is(key));
  }
  std::uint32_t find(std::uint64_t key) { return index_.walk(key, is(key)).found; }
  // Before the threads: keys 1 to `many`, under their own numbers.
  void fill(std::uint32_t many) {
    for (std::uint32_t i = 1; i <= many; ++i) {
      require(insert(i, i).outcome == KeyIndex::Insert::done, "room for the first keys");
    }
  }

  KeyIndex index_{9, false};
  std::array<std::uint64_t, kReferences> key_{};
};

class OneKeyTwice : public IndexScene {
 public:
  std::size_t threads() const override { return 2; }
  void run(std::size_t thread) override { insert_key(thread); }
  void finish() override {
    std::uint32_t done = 0;
    for (const std::uint32_t mine : done_) done += mine;
    require(done <= 1, "two inserts of one key");
    require((find(kKey) != KeyIndex::kNone) == (done == 1), "the index has what nobody entered");
  }

 protected:
  // Entered under 20 and 21, or refused because of the other one.
  void insert_key(std::size_t thread) {
    const auto reference = static_cast<std::uint32_t>(20 + thread);
    const KeyIndex::Inserted made = insert(kKey, reference);
    done_[thread] = made.outcome == KeyIndex::Insert::done ? 1 : 0;
    require(made.outcome != KeyIndex::Insert::full, "the path isn't full");
    if (done_[thread] != 0) {
      // The other one's, too, may stand there until its second look.
      require(find(kKey) != KeyIndex::kNone, "an insert that is done isn't found");
    } else {
      require(made.found >= 20 && made.found <= 21 && made.found != reference,
              "refused because of another key");
    }
  }
  std::array<std::uint32_t, 2> done_{};
};

// The home bucket and the next one are full but for what the writer removes.
class OneKeyTwiceBesideRemovals final : public OneKeyTwice {
 public:
  OneKeyTwiceBesideRemovals() { fill(13); }
  std::size_t threads() const override { return 3; }
  void run(std::size_t thread) override {
    if (thread != 2) {
      insert_key(thread);
      return;
    }
    for (const std::uint32_t i : {3U, 9U}) require(index_.remove(i, i), "the key to remove");
  }
};

// The home bucket is full and no key is beyond it, until one of the two goes there and the other
// finds room at home.
class OneKeyTwiceRoundACorner final : public OneKeyTwice {
 public:
  OneKeyTwiceRoundACorner() { fill(7); }
  std::size_t threads() const override { return 3; }
  void run(std::size_t thread) override {
    if (thread != 2) return insert_key(thread);
    require(index_.remove(3, 3), "the key to remove");
  }
};

// The writer removes a key, and tells of it as it does of seats. Two enter it again; whoever was
// told by the one that did finds it, past a full bucket.
class KeyComesBack final : public IndexScene {
 public:
  KeyComesBack() {
    fill(6);
    require(insert(kKey, 19).outcome == KeyIndex::Insert::done, "room for the key");
    require(insert(7, 7).outcome == KeyIndex::Insert::done, "room beyond the home bucket");
    require(insert(8, 8).outcome == KeyIndex::Insert::done, "room beyond the home bucket");
  }
  std::size_t threads() const override { return 4; }
  void run(std::size_t thread) override {
    switch (thread) {
      case 0:
        require(index_.remove(kKey, 19), "the key to remove");
        free_.store(1, std::memory_order_release);
        require(index_.remove(7, 7), "another key to remove");
        break;
      case 1:
      case 2: enter_again(static_cast<std::uint32_t>(thread)); break;
      default: {
        const std::uint32_t told = told_.load(std::memory_order_acquire);
        if (told != 0) require(find(kKey) == told, "told of a key that isn't found");
      }
    }
  }
  void finish() override {
    require(entered_[1] + entered_[2] <= 1, "two inserts of one key");
    for (const std::uint32_t i : {1U, 2U, 3U, 4U, 5U, 6U, 8U}) {
      require(find(i) == i, "a key that nobody touched isn't found");
    }
    const bool in_use = entered_[1] + entered_[2] == 1;
    require((find(kKey) != KeyIndex::kNone) == in_use, "the index has what nobody entered");
  }

 private:
  void enter_again(std::uint32_t thread) {
    const bool was_free = free_.load(std::memory_order_acquire) != 0;
    const KeyIndex::Inserted made = insert(kKey, 20 + thread);
    if (made.outcome == KeyIndex::Insert::done) {
      entered_[thread] = 1;
      told_.store(20 + thread, std::memory_order_release);
    } else {
      require(!was_free || made.found != 19, "a key that was removed before is still there");
    }
  }

  std::atomic<std::uint32_t> free_{0}, told_{0};
  std::array<std::uint32_t, 3> entered_{};
};

}  // namespace

std::unique_ptr<Scene> one_key_twice() {
  return std::make_unique<OneKeyTwice>();
}
std::unique_ptr<Scene> one_key_twice_beside_removals() {
  return std::make_unique<OneKeyTwiceBesideRemovals>();
}
std::unique_ptr<Scene> one_key_twice_round_a_corner() {
  return std::make_unique<OneKeyTwiceRoundACorner>();
}
std::unique_ptr<Scene> key_comes_back() {
  return std::make_unique<KeyComesBack>();
}

}  // namespace janji::interleavings
