// The textbook's little programs, by which the checker itself is tested.
#pragma once

#include <atomic>

#include "checker/scene.hpp"

namespace janji::interleavings {

// Whether the outcome that each asks about was met is what the search finds.
MakeScene message_passing(std::memory_order store, std::memory_order load);
MakeScene message_through_modify(std::memory_order modify);
MakeScene message_past_a_plain_store();
MakeScene store_buffering(std::memory_order order);
// Each loads what it stored first; all loads are seq_cst.
MakeScene store_buffering_with_a_look(std::memory_order store);
MakeScene independent_reads(std::memory_order order);
MakeScene reads_go_backwards();
MakeScene two_successful_swaps();
MakeScene sleep_without_a_waker();
MakeScene sleep_with_a_waker(bool look_again);
// One thread writes or reads plain data, tells another one, and that one does the same.
MakeScene told_of_plain_data(bool first_writes, bool second_writes, std::memory_order tell);
MakeScene handed_over_by_lock(std::memory_order unlock);

}  // namespace janji::interleavings
