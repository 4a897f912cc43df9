// Answers that many people ask for, rendered at most once a commit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace janjid {

// A fixed table of rendered answers of one io thread. One that was rendered before the writer's
// latest round, or in another second, is rendered again: after an acknowledged change everyone
// sees it, and nothing is older than a second.
class RenderCache {
 public:
  enum class Kind : std::uint8_t { none, days, slots, alternatives, earliest };

  struct Key {
    Kind kind{Kind::none};
    std::uint64_t a{0}, b{0};
    friend bool operator==(const Key&, const Key&) = default;
  };
  // When something was rendered.
  struct Moment {
    std::uint64_t rounds{0};
    std::int64_t second{0};
    friend bool operator==(const Moment&, const Moment&) = default;
  };
  struct Rendered {
    std::string body;
    std::string entity_tag;  // empty where none is needed
  };

  // What was rendered for `key` at `now`; if nothing was, render(body) fills an empty body first.
  // Stays until the next call.
  template <class Render>
  const Rendered& get(const Key& key, const Moment& now, Render render) {
    Entry& entry = entries_[place_of(key)];
    if (entry.key == key && entry.at == now) return entry.rendered;
    renew(entry, render);
    entry.key = key;
    entry.at = now;
    return entry.rendered;
  }

  // Rendered in any case, and not kept for others.
  template <class Render>
  const Rendered& get_fresh(const Key& key, Render render) {
    Entry& entry = entries_[place_of(key)];
    renew(entry, render);
    return entry.rendered;
  }

 private:
  struct Entry {
    Key key;
    Moment at;
    Rendered rendered;
  };
  template <class Render>
  static void renew(Entry& entry, Render render) {
    entry.key = Key{};  // names nothing until render() is through
    entry.rendered.body.clear();
    entry.rendered.entity_tag.clear();
    render(entry.rendered);
  }

  static constexpr std::size_t kEntries = 128;  // each of some 10 KB

  static std::size_t place_of(const Key& key) noexcept {
    const std::uint64_t mixed = (key.a * 0x9E3779B97F4A7C15ULL) ^ (key.b * 0xC2B2AE3D27D4EB4FULL) ^
                                (static_cast<std::uint64_t>(key.kind) << 32);
    return static_cast<std::size_t>((mixed * 0xD6E8FEB86659FD93ULL) >> 57);
  }
  static_assert(kEntries == 1U << (64 - 57));

  std::array<Entry, kEntries> entries_;
};

}  // namespace janjid
