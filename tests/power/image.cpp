#include "power/image.hpp"

#include <array>
#include <fstream>
#include <iterator>

namespace janji::power {

std::vector<std::byte> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

void Image::write_to(const std::filesystem::path& directory) const {
  // A directory's path is shorter than those in it, and so comes first.
  for (const auto& [path, bytes] : entries_) {
    if (!bytes) {
      std::filesystem::create_directory(directory / path);
      continue;
    }
    std::ofstream file(directory / path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes->data()),
               static_cast<std::streamsize>(bytes->size()));
  }
}

Fates Fates::drawn(model::Random& random) {
  constexpr std::array<int, 7> kKept{0, 10, 50, 50, 90, 90, 100};
  constexpr std::array<int, 4> kTorn{0, 20, 50, 100};
  const int kept = kKept[random.below(kKept.size())];
  const int torn = kTorn[random.below(kTorn.size())];
  return Fates(random.next(), kept, torn);
}

}  // namespace janji::power
