// What the ledger shares with the writer.
#pragma once

#include <cstdint>

#include "journal/publish_list.hpp"
#include "journal/record_blocks.hpp"
#include "journal/rounds.hpp"

namespace janji::ledger {

struct Journal {
  journal::RecordBlocks& blocks;
  journal::PublishList& list;
  journal::Rounds& rounds;
};

// Why no decision is taken at all; one word that every decision reads first.
enum class Gate : std::uint8_t { open, backlog, read_only, failed, closed };

}  // namespace janji::ledger
