#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "api/claim_body.hpp"
#include "api/details_body.hpp"

using namespace janjid;

namespace {

const std::string kApplicant =
    R"("applicant":{"category":"citizen","id_type":"mykad","id_number":"900101-10-1234"})";

// "pointer fault" of each error.
std::vector<std::string> faults(const FieldErrors& errors) {
  std::vector<std::string> list;
  for (const FieldError& error : errors.all()) {
    list.push_back(error.where + " " + std::to_string(static_cast<int>(error.fault)));
  }
  return list;
}

std::string fault(const std::string& where, Fault fault) {
  return where + " " + std::to_string(static_cast<int>(fault));
}

struct Read {
  std::string text;  // the claim's views point into it
  JsonDocument json;
  FieldErrors errors;
  ClaimBody claim;
  explicit Read(std::string body) : text(std::move(body)) {
    REQUIRE(json.parse(text));
    claim = read_claim_body(json, errors);
  }
};

using Faults = std::vector<std::string>;

}  // namespace

TEST_CASE("a wait for a slot, for some from one to another, and for a day") {
  const auto read = [](const std::string& target, const Faults& wrong) {
    const std::string text = "{" + target + "," + kApplicant + "}";
    CAPTURE(text);
    JsonDocument json;
    REQUIRE(json.parse(text));
    FieldErrors errors;
    (void)read_join_body(json, errors);
    CHECK(faults(errors) == wrong);
  };
  read(R"("slot":"a.b.general.20261124.0800")", {});
  read(R"("from":"a.b.general.20261124.0800","to":"a.b.general.20261124.0900")", {});
  read(R"("branch":"a","service":"b","date":"2026-11-24")", {});
  read(R"("branch":"a","service":"b","pool":"kiosk","date":"2026-11-24")", {});
  read(R"("seats":2)", {fault("/slot", Fault::missing)});
  read(R"("from":"x")", {fault("/to", Fault::missing)});
  read(R"("branch":"a","date":"today")",
       {fault("/service", Fault::missing), fault("/date", Fault::bad_format)});
  read(R"("branch":"a","service":"b","pool":"vip","date":"2026-11-24")",
       {fault("/pool", Fault::bad_choice)});
  read(R"("slot":"x","from":"y","date":"2026-11-24")",
       {fault("/from", Fault::not_together), fault("/date", Fault::not_together)});
  read(R"("from":"x","to":"y","service":"b")", {fault("/service", Fault::not_together)});
  read(R"("branch":"a","state":"MY-10","service":"b","date":"2026-11-24")",
       {fault("/state", Fault::unknown)});
}

TEST_CASE("a claim of a slot, of a date and of a span") {
  Read slot{R"({"slot":"a.b.general.20261124.0800","seats":2,)" + kApplicant + "}"};
  REQUIRE(slot.errors.empty());
  REQUIRE(slot.claim.slot == "a.b.general.20261124.0800");
  REQUIRE(slot.claim.seats == 2);
  REQUIRE(slot.claim.document->number() == "900101101234");
  Read date{R"({"branch":"a","service":"b","date":"2026-11-24",)" + kApplicant + "}"};
  REQUIRE(date.errors.empty());
  REQUIRE_FALSE(date.claim.slot);
  REQUIRE(date.claim.first_day == date.claim.last_day);
  REQUIRE(date.claim.pool == janji::Pool::general);
  REQUIRE(date.claim.seats == 1);
  Read span{
      R"({"branch":"a","service":"b","pool":"kiosk","date_from":"2026-11-24","date_to":"2026-12-03",)" +
      kApplicant + "}"};
  REQUIRE(span.errors.empty());
  REQUIRE(span.claim.last_day.value - span.claim.first_day.value == 9);
  REQUIRE(span.claim.pool == janji::Pool::kiosk);
}

TEST_CASE("a claim in a state names no office") {
  const std::string rest = R"("state":"MY-10","service":"b","date":"2026-11-24",)" + kApplicant;
  Read state{"{" + rest + "}"};
  REQUIRE(state.errors.empty());
  REQUIRE(state.claim.state == "MY-10");
  REQUIRE(state.claim.service == "b");
  REQUIRE(faults(Read{R"({"branch":"a",)" + rest + "}"}.errors) ==
          Faults{fault("/branch", Fault::not_together)});
  REQUIRE(faults(Read{R"({"slot":"a",)" + rest + "}"}.errors) ==
          Faults{fault("/state", Fault::not_together), fault("/service", Fault::not_together),
                 fault("/date", Fault::not_together)});
}

TEST_CASE("all that is wrong with a claim is named in one go") {
  Read read{
      R"({"slot":7,"seats":"1","applicant":{"category":"alien","id_type":"mykad","id_number":"12","x":1},"y":2,"slot":8})"};
  REQUIRE(faults(read.errors) ==
          Faults{fault("/slot", Fault::not_string), fault("/seats", Fault::not_integer),
                 fault("/applicant/category", Fault::bad_choice),
                 fault("/applicant/id_number", Fault::bad_format),
                 fault("/applicant/x", Fault::unknown), fault("/y", Fault::unknown),
                 fault("/slot", Fault::duplicate)});
}

TEST_CASE("what is missing is named") {
  REQUIRE(faults(Read{"{}"}.errors) ==
          Faults{fault("/slot", Fault::missing), fault("/applicant", Fault::missing)});
  REQUIRE(faults(Read{R"({"branch":"a",)" + kApplicant + "}"}.errors) ==
          Faults{fault("/service", Fault::missing), fault("/date", Fault::missing)});
  REQUIRE(faults(Read{R"({"branch":"a","service":"b","date_to":"2026-12-03",)" + kApplicant + "}"}
                     .errors) == Faults{fault("/date_from", Fault::missing)});
  REQUIRE(faults(Read{"[]"}.errors) == Faults{fault("", Fault::not_object)});
  REQUIRE(faults(Read{R"({"slot":"a","applicant":[]})"}.errors) ==
          Faults{fault("/applicant", Fault::not_object)});
}

TEST_CASE("two ways of naming a slot can't stand together") {
  REQUIRE(faults(Read{R"({"slot":"s","branch":"a","date":"x",)" + kApplicant + "}"}.errors) ==
          Faults{fault("/branch", Fault::not_together), fault("/date", Fault::not_together)});
  REQUIRE(
      faults(Read{
          R"({"branch":"a","service":"b","date":"2026-11-24","date_from":"2026-11-24","date_to":"2026-11-24",)" +
          kApplicant + "}"}
                 .errors) == Faults{fault("/date", Fault::not_together)});
}

TEST_CASE("dates exist, spans run forwards and are bounded") {
  const auto with = [](const std::string& dates) {
    return faults(Read{R"({"branch":"a","service":"b",)" + dates + "," + kApplicant + "}"}.errors);
  };
  for (const char* date : {"2026-02-30", "2026-13-01", "24-11-2026", "2026-1-01", "", "2026-11-24T",
                           "1969-12-31", "-026-01-01", "２０２６-01"}) {
    CAPTURE(date);
    REQUIRE(with(std::string{"\"date\":\""} + date + "\"") ==
            Faults{fault("/date", Fault::bad_format)});
  }
  REQUIRE(with(R"("date_from":"2026-11-24","date_to":"2026-11-23")") ==
          Faults{fault("/date_to", Fault::bad_span)});
  REQUIRE(with(R"("date_from":"2026-01-01","date_to":"2026-04-10")").empty());
  REQUIRE(with(R"("date_from":"2026-01-01","date_to":"2026-04-11")") ==
          Faults{fault("/date_to", Fault::bad_span)});
}

namespace {

Faults details(const std::string& text, const janji::ServiceRules& rules = {}) {
  JsonDocument json;
  FieldErrors errors;
  REQUIRE(json.parse(text));
  read_details_body(json, rules, errors);
  return faults(errors);
}

}  // namespace

TEST_CASE("name and phone are required, others as the service says") {
  REQUIRE(details(R"({"details":{"name":"Aminah binti Ali","phone":"+60 12-345 6789"}})").empty());
  REQUIRE(details(R"({"details":{}})") ==
          Faults{fault("/details/name", Fault::missing), fault("/details/phone", Fault::missing)});
  REQUIRE(details("{}") == Faults{fault("/details", Fault::missing)});
  janji::ServiceRules rules;
  rules.required_details = {"name", "phone", "employer"};
  REQUIRE(details(R"({"details":{"name":"A","phone":"12345"}})", rules) ==
          Faults{fault("/details/employer", Fault::missing)});
  REQUIRE(details(R"({"details":{"name":"A","phone":"12345","employer":"B"}})", rules).empty());
  REQUIRE(details(R"({"details":{"name":"A","phone":"12345","employer":"B"}})") ==
          Faults{fault("/details/employer", Fault::unknown)});
}

TEST_CASE("details have bounds in characters, and shapes") {
  const auto with = [](const std::string& name, const std::string& value) {
    std::string text = R"({"details":{)";
    if (name != "name") text += R"("name":"A",)";
    if (name != "phone") text += R"("phone":"12345",)";
    return details(text + "\"" + name + "\":\"" + value + "\"}}");
  };
  std::string long_name;
  for (int i = 0; i < 200; ++i) long_name += "\xC3\xA9";
  REQUIRE(with("name", long_name).empty());
  REQUIRE(with("name", long_name + "x") == Faults{fault("/details/name", Fault::bad_length)});
  REQUIRE(with("name", "") == Faults{fault("/details/name", Fault::bad_length)});
  REQUIRE(with("name", "  ") == Faults{fault("/details/name", Fault::bad_format)});
  REQUIRE(with("name", "a\\u0000b") == Faults{fault("/details/name", Fault::bad_format)});
  for (const char* phone : {"abcde", "+++++", "12345x", "1234-"}) {
    CAPTURE(phone);
    REQUIRE(with("phone", phone) == Faults{fault("/details/phone", Fault::bad_format)});
  }
  REQUIRE(with("email", "a@b").empty());
  for (const char* email : {"a@@b", "@ab", "ab@", "a b@c"}) {
    CAPTURE(email);
    REQUIRE(with("email", email) == Faults{fault("/details/email", Fault::bad_format)});
  }
}
