#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace janji::bench {

namespace {

std::string quoted(const std::string& text) {
  std::string made = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') made += '\\';
    if (static_cast<unsigned char>(c) >= 32) made += c;
  }
  return made + "\"";
}

std::string shown(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

// The medians of the facts that the runs have.
std::string facts_in_words(const std::vector<const Sample*>& runs) {
  std::string made;
  for (std::size_t f = 0; f < runs.front()->facts.size(); ++f) {
    std::vector<double> values;
    for (const Sample* run : runs) values.push_back(run->facts[f].second);
    char text[96];
    std::snprintf(text, sizeof text, "%s%s %.4g", made.empty() ? "" : ", ",
                  runs.front()->facts[f].first.c_str(), median(values));
    made += text;
  }
  return made;
}

}  // namespace

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Report::Report(const std::string& json_file) : json_file_(json_file) {
  if (json_file_.empty()) return;
  std::FILE* file = std::fopen(json_file_.c_str(), "a");
  if (file == nullptr) {
    std::perror(json_file_.c_str());
    std::exit(2);
  }
  std::fclose(file);
}

void Report::write(const std::string& line) {
  if (json_file_.empty()) return;
  std::FILE* file = std::fopen(json_file_.c_str(), "a");
  if (file == nullptr || std::fprintf(file, "%s\n", line.c_str()) < 0 || std::fclose(file) != 0) {
    std::perror(json_file_.c_str());
    std::exit(2);
  }
}

void Report::machine(const Machine& machine, const std::string& command) {
  std::string line = "{\"command\":" + quoted(command) + ",\"machine\":{";
  bool first = true;
  for (const auto& [name, value] : machine.facts) {
    std::printf("%-14s %s\n", name.c_str(), value.c_str());
    line += (first ? "" : ",") + quoted(name) + ":" + quoted(value);
    first = false;
  }
  write(line + "}}");
}

void Report::add(Sample sample) {
  std::string line =
      "{\"figure\":" + quoted(sample.figure) + ",\"contestant\":" + quoted(sample.contestant) +
      ",\"round\":" + std::to_string(sample.round) + ",\"value\":" + shown(sample.value) +
      ",\"unit\":" + quoted(sample.unit) + ",\"facts\":{";
  bool first = true;
  for (const auto& [name, value] : sample.facts) {
    line += (first ? "" : ",") + quoted(name) + ":" + shown(value);
    first = false;
  }
  write(line + "}}");
  samples_.push_back(std::move(sample));
}

void Report::finish_case() {
  std::vector<std::string> figures;
  for (const Sample& sample : samples_) {
    if (std::find(figures.begin(), figures.end(), sample.figure) == figures.end()) {
      figures.push_back(sample.figure);
    }
  }
  for (const std::string& figure : figures) {
    std::vector<std::vector<const Sample*>> contestants;
    for (const Sample& sample : samples_) {
      if (sample.figure != figure) continue;
      const auto same = std::find_if(contestants.begin(), contestants.end(), [&](const auto& runs) {
        return runs.front()->contestant == sample.contestant;
      });
      if (same == contestants.end()) {
        contestants.push_back({&sample});
      } else {
        same->push_back(&sample);
      }
    }
    std::printf("\n%s (%s, median of %zu)\n", figure.c_str(),
                contestants.front().front()->unit.c_str(), contestants.front().size());
    double reference = 0;
    for (const auto& runs : contestants) {
      std::vector<double> values;
      for (const Sample* run : runs) values.push_back(run->value);
      const double middle = median(values);
      if (reference == 0) reference = middle;
      const auto [least, most] = std::minmax_element(values.begin(), values.end());
      std::printf("  %-26s %10.4g  (%.4g to %.4g)  %6.3f x  %s\n", runs.front()->contestant.c_str(),
                  middle, *least, *most, reference != 0 ? middle / reference : 0,
                  facts_in_words(runs).c_str());
    }
  }
  std::fflush(stdout);
  samples_.clear();
}

}  // namespace janji::bench
