#include "janjictl/report.hpp"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "api/booking_json.hpp"
#include "http/json_writer.hpp"
#include "identity/key_file.hpp"

namespace janjid {
namespace {

using Outcome = janji::VerifyCheck::Outcome;

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::sound: return "sound";
    case Outcome::broken: return "broken";
    case Outcome::unfinished: break;
  }
  return "unfinished";
}

// Calls visit(name, number) for each state that bookings are in.
template <class Visit>
void each_state(const janji::VerifyTotals& totals, Visit&& visit) {
  for (std::size_t i = 0; i < totals.bookings.size(); ++i) {
    if (totals.bookings[i] == 0) continue;
    visit(to_string(static_cast<janji::BookingState>(i)), totals.bookings[i]);
  }
}

}  // namespace

std::string report_text(const Findings& findings) {
  std::string text =
      fmt::format("{}: {}\n\n", findings.directory.string(), findings.sound() ? "sound" : "BROKEN");
  const auto out = std::back_inserter(text);
  for (const janji::VerifyCheck& check : findings.report.checks) {
    const bool broken = check.outcome == Outcome::broken;
    fmt::format_to(out, "{:<12}{:<14}{}\n", broken ? "BROKEN" : name_of(check.outcome), check.name,
                   check.promise);
    if (broken) fmt::format_to(out, "{:<26}{}\n", "", check.words);
  }
  const bool key_broken = !findings.key.sound.ok();
  fmt::format_to(out, "{:<12}{:<14}{}\n",
                 key_broken           ? "BROKEN"
                 : findings.key.there ? "sound"
                                      : "missing",
                 "key file", kKeyFileName);
  if (key_broken) fmt::format_to(out, "{:<24}{}\n", "", findings.key.words());

  const janji::VerifyTotals& totals = findings.report.totals;
  fmt::format_to(out,
                 "\njournal     LSN {} to {}, {} records; the state has all up to {}, {} lie "
                 "behind it\n",
                 totals.journal_first.value, totals.journal_last.value, totals.records,
                 totals.state_has.value, totals.replayed);
  fmt::format_to(out, "places      {} lanes, {} days, {} slots; {} of {} seats are taken\n",
                 totals.lanes, totals.days, totals.slots, totals.taken, totals.capacity);
  fmt::format_to(out, "bookings   ");
  std::uint64_t all = 0;
  each_state(totals, [&](std::string_view name, std::uint64_t number) {
    fmt::format_to(out, "{} {} {}", all == 0 ? "" : ",", number, name);
    all += number;
  });
  fmt::format_to(out, "{}\n", all == 0 ? " none" : "");
  fmt::format_to(out, "details     {}, in either file\nopenings    {}\n", totals.details,
                 totals.openings);
  return text;
}

std::string report_json(const Findings& findings) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.name("directory").string(findings.directory.string());
  json.name("sound").boolean(findings.sound());
  json.name("key_file").string(findings.key.words());
  json.name("checks").begin_array();
  for (const janji::VerifyCheck& check : findings.report.checks) {
    json.begin_object();
    json.name("name").string(check.name);
    json.name("promise").string(check.promise);
    json.name("outcome").string(name_of(check.outcome));
    if (check.outcome == Outcome::broken) json.name("words").string(check.words);
    json.end_object();
  }
  json.end_array();
  const janji::VerifyTotals& totals = findings.report.totals;
  json.name("totals").begin_object();
  json.name("journal_first").number(totals.journal_first.value);
  json.name("journal_last").number(totals.journal_last.value);
  json.name("state_has").number(totals.state_has.value);
  json.name("records").number(totals.records);
  json.name("replayed").number(totals.replayed);
  json.name("openings").number(totals.openings);
  json.name("lanes").number(totals.lanes);
  json.name("days").number(totals.days);
  json.name("slots").number(totals.slots);
  json.name("capacity").number(totals.capacity);
  json.name("taken").number(totals.taken);
  json.name("details").number(totals.details);
  json.name("bookings").begin_object();
  each_state(totals,
             [&](std::string_view name, std::uint64_t number) { json.name(name).number(number); });
  json.end_object().end_object().end_object();
  text += '\n';
  return text;
}

}  // namespace janjid
