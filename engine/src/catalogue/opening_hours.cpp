#include "catalogue/opening_hours.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "catalogue/table.hpp"

namespace janji::catalogue {
namespace {

// Both files have the same columns but for the names of two.
enum : int { kKind, kStateCode, kWeekday, kFrom, kTo, kSource };
constexpr std::array<Column, 6> kHoursColumns{
    {{"kind"}, {"state_code"}, {"weekday"}, {"open"}, {"close"}, {"source", false}}};
constexpr std::array<Column, 6> kBreaksColumns{
    {{"kind"}, {"state_code"}, {"weekday"}, {"start"}, {"end"}, {"source", false}}};

std::string span_text(WallSpan span) {
  const auto time = [](int minutes) {
    std::string text = "00:00";
    text[0] = static_cast<char>('0' + minutes / 600);
    text[1] = static_cast<char>('0' + minutes / 60 % 10);
    text[3] = static_cast<char>('0' + minutes % 60 / 10);
    text[4] = static_cast<char>('0' + minutes % 10);
    return text;
  };
  return time(span.from) + "-" + time(span.to);
}

struct SpanRow {
  OpeningHours::Key key;
  std::size_t weekday{};
  WallSpan span;
};

// A row of either file; nothing if it has an error.
std::optional<SpanRow> read_span(const RowReader& row, const Offices& offices) {
  const auto kind = row.needed_id(kKind);
  const auto state = row.needed_text(kStateCode);
  const auto weekday = row.needed_weekday(kWeekday);
  const auto from = row.needed_time(kFrom);
  const auto to = row.needed_time(kTo);
  const bool kind_known = kind && check_kind(offices, row, kKind);
  const bool state_known = state && check_state_code(offices, row, kStateCode);
  if (from && to && *from >= *to) {
    row.error(kTo, "not after " + row.cell(kFrom),
              "For hours past midnight write one row until 24:00 and one from 00:00 on the next "
              "weekday");
    return std::nullopt;
  }
  if (!kind_known || !state_known || !weekday || !from || !to) return std::nullopt;
  if (offices.readable && !offices.kinds_in_states.contains({*kind, *state})) {
    row.warning(kKind, "no office of this kind is in " + *state + ": the row has no effect",
                "Take it out if that is right");
  }
  return SpanRow{{*kind, *state}, static_cast<std::size_t>(*weekday), {*from, *to}};
}

// Adds the span at its place by time; logs one that overlaps another.
void add_span(std::vector<WallSpan>& spans, WallSpan span, const RowReader& row) {
  const auto other = std::find_if(spans.begin(), spans.end(), [&](const WallSpan& s) {
    return s.from < span.to && span.from < s.to;
  });
  if (other != spans.end()) {
    row.error(kFrom, "the row overlaps " + span_text(*other) + " of the same kind, state and day",
              "Join them or take one out");
    return;
  }
  const auto later = std::find_if(spans.begin(), spans.end(),
                                  [&](const WallSpan& s) { return s.from > span.from; });
  spans.insert(later, span);
}

void add_break(OpeningDay& day, WallSpan span, const RowReader& row) {
  const bool inside = std::any_of(day.open.begin(), day.open.end(), [&](const WallSpan& open) {
    return open.from <= span.from && span.to <= open.to;
  });
  if (!inside) {
    row.error(kFrom, "the break " + span_text(span) + " lies outside the opening hours",
              "Mend it, or the row in hours.csv");
    return;
  }
  add_span(day.breaks, span, row);
}

}  // namespace

OpeningHours read_opening_hours(const std::filesystem::path& directory, const Offices& offices,
                                IssueLog& log) {
  OpeningHours hours;
  const Table open = read_table(directory, "hours.csv", kHoursColumns, log);
  hours.readable = open.readable;
  for (const Table::Row& cells : open.rows) {
    const RowReader row(open, cells, log);
    if (const auto span = read_span(row, offices)) {
      add_span(hours.weeks[span->key].days[span->weekday].open, span->span, row);
    }
  }
  const Table breaks = read_table(directory, "breaks.csv", kBreaksColumns, log);
  for (const Table::Row& cells : breaks.rows) {
    const RowReader row(breaks, cells, log);
    const auto span = read_span(row, offices);
    if (!span || !hours.readable) continue;
    add_break(hours.weeks[span->key].days[span->weekday], span->span, row);
  }
  return hours;
}

}  // namespace janji::catalogue
