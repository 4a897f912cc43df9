// Collects single runs; shows medians, spread and ratios; keeps all of it as JSON lines.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace janji::bench {

using Facts = std::vector<std::pair<std::string, double>>;

// One measured value of one contestant in one round.
struct Sample {
  std::string figure;      // what was measured, e.g. "durable, 100000 slots, 1 caller"
  std::string contestant;  // who, e.g. "engine", "bare"
  int round{0};
  double value{0};
  std::string unit;
  Facts facts;  // what else belongs to the run: commits, records a commit, ...
};

struct Machine {
  std::vector<std::pair<std::string, std::string>> facts;
};

class Report {
 public:
  // Appends to `json_file`; empty: no file.
  explicit Report(const std::string& json_file);

  void machine(const Machine& machine, const std::string& command);
  void add(Sample sample);

  // Prints the table of what was added since the last call: by figure, the first contestant of
  // each is what the others' ratios are taken to.
  void finish_case();

 private:
  void write(const std::string& line);

  std::string json_file_;
  std::vector<Sample> samples_;
};

double median(std::vector<double> values);

}  // namespace janji::bench
