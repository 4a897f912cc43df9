#include <array>
#include <system_error>

#include <janji/catalogue.hpp>

#include "catalogue/lane_assembly.hpp"

namespace janji {
namespace {

constexpr std::array<std::string_view, 7> kFiles{"branches.csv", "services.csv", "hours.csv",
                                                 "breaks.csv",   "holidays.csv", "offers.csv",
                                                 "schedule.csv"};

catalogue::CatalogueFiles read_files(const std::filesystem::path& directory,
                                     catalogue::IssueLog& log) {
  catalogue::CatalogueFiles files;
  files.offices = catalogue::read_offices(directory, log);
  files.services = catalogue::read_services(directory, log);
  files.hours = catalogue::read_opening_hours(directory, files.offices, log);
  files.holidays = catalogue::read_holidays(directory, files.offices, log);
  files.offers = catalogue::read_offers(directory, files.offices, files.services, log);
  files.schedule = catalogue::read_schedule(directory, files.offices, files.services, log);
  return files;
}

}  // namespace

std::span<const std::string_view> catalogue_files() noexcept {
  return kFiles;
}

Result<std::shared_ptr<const Catalogue>> Catalogue::load(const std::filesystem::path& directory,
                                                         std::vector<CatalogueIssue>* issues) {
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) {
    return Error{Code::io_error, "catalogue " + directory.string() + ": " +
                                     (error ? error.message() : "not a directory")};
  }
  catalogue::IssueLog log(issues);
  CatalogueBuilder builder;
  catalogue::assemble(read_files(directory, log), builder, log);
  if (log.errors() == 0) {
    auto built = builder.build();
    if (built) {
      log.finish();
      return built;
    }
    // Of no single line: what only the whole shows, e.g. too many lanes.
    CatalogueIssue issue;
    issue.problem = built.error().detail;
    issue.remedy = "Mend the rows that concern it";
    log.add(std::move(issue));
  }
  log.finish();
  return Error{Code::invalid_argument,
               "catalogue " + directory.string() + ": " + std::to_string(log.errors()) +
                   (log.errors() == 1 ? " error: " : " errors, the first: ") +
                   to_string(log.first_error())};
}

}  // namespace janji
