// What somebody else's first program looks like: no special flags, no engine/src in sight.
#include <janji/result.hpp>

#include <cstdio>
#include <string_view>

int main() {
  const std::string_view name = janji::to_string(janji::Code::slot_full);
  std::printf("%s\n", name.data());
  return name == "slot_full" ? 0 : 1;
}
