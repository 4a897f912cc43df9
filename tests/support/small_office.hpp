// A small office for tests that open engines by the thousand: two lanes, of which the second takes
// walk-ins too; six slots of four hours a day, four seats each, three days ahead; one active
// booking per applicant; holds and offers of ten seconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <janji/engine.hpp>

namespace janji::test::office {

inline constexpr std::uint32_t kLanes = 2;
inline constexpr std::uint32_t kKiosk = 1;
inline constexpr std::string_view kStages[] = {"received", "ready"};  // of its progress
inline constexpr std::uint16_t kSlots = 6;
inline constexpr std::int32_t kDays = 3;
inline constexpr std::int64_t kDayMs = 86'400'000;
inline constexpr std::int64_t kHoldMs = 10'000;
inline constexpr std::int64_t kRetentionMs = 20'000;
inline constexpr std::uint64_t kBacklogMax = 24;
inline constexpr std::uint64_t kCheckpointFrom = kBacklogMax / 2;  // records; as the engine has it
inline constexpr std::int64_t kMorning = 1'795'478'400'000;        // 2026-11-24, 08:00 there

// With tables to match. Directory, durability and store are the caller's to choose.
Options options(const Clock& clock);

// The date there.
Day day_of(std::int64_t civil_ms);
SlotKey slot(const Engine& engine, std::uint32_t lane, Day day, std::size_t number);

}  // namespace janji::test::office
