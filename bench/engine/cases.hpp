// The cases that there are; each stands in a file of its own.
#pragma once

#include <span>
#include <string_view>

#include "report.hpp"
#include "settings.hpp"

namespace janji::bench {

struct Case {
  const char* name;
  const char* about;
  void (*run)(const Settings& settings, Report& report);
};

std::span<const Case> all_cases();
const Case* find_case(std::string_view name);

void run_decide(const Settings& settings, Report& report);
void run_refuse(const Settings& settings, Report& report);
void run_durable(const Settings& settings, Report& report);
void run_hot(const Settings& settings, Report& report);
void run_peers(const Settings& settings, Report& report);
void run_latency(const Settings& settings, Report& report);
void run_calendar(const Settings& settings, Report& report);
void run_recovery(const Settings& settings, Report& report);
void run_memory(const Settings& settings, Report& report);
void run_sustained(const Settings& settings, Report& report);
void run_scaling(const Settings& settings, Report& report);

}  // namespace janji::bench
