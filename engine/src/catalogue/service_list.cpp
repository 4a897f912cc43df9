#include "catalogue/service_list.hpp"

#include <algorithm>
#include <array>

#include "catalogue/ids.hpp"
#include "catalogue/table.hpp"

namespace janji::catalogue {
namespace {

enum : int { kId, kNameMs, kNameEn, kNameId, kCategories, kNeedsGroup, kProgress, kNote, kSource };
constexpr std::array<Column, 9> kColumns{{{"service_id"},
                                          {"name_ms"},
                                          {"name_en"},
                                          {"name_id", false},
                                          {"applicant_categories"},
                                          {"needs_group"},
                                          {"progress", false},
                                          {"note", false},
                                          {"source", false}}};

std::uint8_t read_categories(const RowReader& row) {
  std::uint8_t categories = 0;
  for (const std::string& name : row.list(kCategories)) {
    const auto category = parse_category(name);
    if (!category) {
      row.error(kCategories, "\"" + name + "\" is no category",
                "Write citizen, foreigner, employer or several of them with ; between");
      continue;
    }
    categories |= category_bit(*category);
  }
  if (row.list(kCategories).empty()) {
    row.error(kCategories, "nobody may book this service",
              "Write citizen, foreigner, employer or several of them with ; between");
  }
  return categories;
}

std::vector<std::string> read_progress(const RowReader& row) {
  std::vector<std::string> stages = row.list(kProgress);
  const bool named = std::all_of(stages.begin(), stages.end(),
                                 [](const std::string& name) { return valid_word(name); });
  std::vector<std::string> sorted = stages;
  std::sort(sorted.begin(), sorted.end());
  const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  if (named && !twice && stages.size() <= kMaxProgress) return stages;
  row.error(kProgress, twice ? "a stage stands twice" : "not a list of stages",
            "Write up to 8 names of a to z, 0 to 9 and _ in their order, with ; between, or leave "
            "the cell empty");
  return {};
}

Service read_service(const RowReader& row) {
  Service service;
  service.id = row.needed_id(kId).value_or("");
  service.name.ms = row.needed_text(kNameMs).value_or("");
  service.name.en = row.needed_text(kNameEn).value_or("");
  // Indonesian readers understand Malay.
  service.name.id = row.empty(kNameId) ? service.name.ms : row.needed_text(kNameId).value_or("");
  service.categories = read_categories(row);
  service.progress = read_progress(row);
  service.note = row.cell(kNote);
  const std::string& group = row.cell(kNeedsGroup);
  service.needs_group = group == "yes";
  if (group != "yes" && group != "no") row.error(kNeedsGroup, "not yes or no", "Write yes or no");
  return service;
}

}  // namespace

std::optional<std::uint32_t> ServiceList::find(const RowReader& row, int column) const {
  const auto known = by_id.find(row.cell(column));
  if (known != by_id.end()) return known->second;
  if (readable) {
    row.unknown(column, "no such service in services.csv",
                "Correct it, add the service, or take its rows out");
  }
  return std::nullopt;
}

ServiceList read_services(const std::filesystem::path& directory, IssueLog& log) {
  ServiceList list;
  const Table table = read_table(directory, "services.csv", kColumns, log);
  list.readable = table.readable;
  for (const Table::Row& cells : table.rows) {
    const RowReader row(table, cells, log);
    Service service = read_service(row);
    if (service.id.empty()) continue;
    if (list.services.size() == kMaxServices) {
      row.error(kId, "more than 4096 services", "Split the catalogue");
      break;
    }
    const auto index = static_cast<std::uint32_t>(list.services.size());
    if (!list.by_id.emplace(service.id, index).second) {
      row.error(kId, "the id stands twice", "Give each service its own");
      continue;
    }
    list.services.push_back(std::move(service));
  }
  if (table.readable && table.rows.empty()) {
    log.add({table.file, 0, "", "", "no service", "Add one", false});
  }
  return list;
}

}  // namespace janji::catalogue
