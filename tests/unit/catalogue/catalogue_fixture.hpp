// A small catalogue on disk, of which a test replaces what it is about.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <janji/catalogue.hpp>

#include "support/scratch_directory.hpp"

namespace janji::test {

inline Day day_at(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  return Day{static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count())};
}

inline std::filesystem::path malaysia_directory() {
  return std::filesystem::path(__FILE__).parent_path() / "../../../daemon/catalogues/malaysia";
}

// Two offices in one state, two services; all of it valid.
class SmallCatalogue {
 public:
  SmallCatalogue() {
    put("branches.csv",
        "branch_id,name,state,state_code,kind,city,timezone\n"
        "town,Town office,North,N-1,hq,Town,Asia/Kuala_Lumpur\n"
        "port,Port office,North,N-1,branch,Port,Europe/London\n");
    put("services.csv",
        "service_id,name_ms,name_en,applicant_categories,needs_group\n"
        "pass,Pas,Pass,citizen;foreigner,no\n"
        "permit,Permit,Permit,employer,yes\n");
    put("hours.csv",
        "kind,state_code,weekday,open,close\n"
        "hq,N-1,mon,08:00,12:00\n"
        "hq,N-1,tue,08:00,10:00\n"
        "branch,N-1,mon,09:00,11:00\n");
    put("breaks.csv",
        "kind,state_code,weekday,start,end\n"
        "hq,N-1,mon,10:00,10:30\n");
    put("holidays.csv",
        "date,state_code,name,type\n"
        "2027-01-04,N-1,Founders' Day,public\n");
    put("offers.csv",
        "kind,branch_id,service_id,pool\n"
        "hq,,pass,general\n"
        "hq,,permit,\n"
        "branch,,pass,general\n");
    put("schedule.csv",
        "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,horizon_days,"
        "seats_max\n"
        ",,,30,3,60,0,30,2\n");
  }

  const std::filesystem::path& directory() const { return directory_.path(); }

  void put(const std::string& file, std::string_view text) {
    std::ofstream out(directory() / file, std::ios::binary);
    out << text;
    texts_[file] = text;
  }
  void append(const std::string& file, std::string_view line) {
    put(file, texts_[file] + std::string(line) + "\n");
  }
  void remove(const std::string& file) { std::filesystem::remove(directory() / file); }

  Result<std::shared_ptr<const Catalogue>> load() {
    issues_.clear();
    return Catalogue::load(directory(), &issues_);
  }
  const std::vector<CatalogueIssue>& issues() const { return issues_; }

  // The issues of loading as lines; empty when it succeeds without a warning.
  std::string complaints() {
    const auto loaded = load();
    std::string text;
    for (const CatalogueIssue& issue : issues_) text += to_string(issue) + "\n";
    if (!loaded && text.empty()) text = "refused in silence";
    return text;
  }

 private:
  TemporaryDirectory directory_;
  std::map<std::string, std::string> texts_;
  std::vector<CatalogueIssue> issues_;
};

}  // namespace janji::test
