// What is fuzzed: each target takes any bytes at all, and ends the process with words when what it
// is about doesn't hold for them.
//
// Every target finds the same world for each input, so that an input alone repeats what happened.
#pragma once

#include <cstdint>
#include <span>

namespace janji::fuzz {

using Input = std::span<const std::uint8_t>;

void fuzz_record(Input input);
void fuzz_state(Input input);
void fuzz_catalogue(Input input);
void fuzz_http(Input input);
void fuzz_json(Input input);
void fuzz_operations(Input input);

}  // namespace janji::fuzz
