#include "identity/applicant_key.hpp"

#include <set>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "unit/identity/fixed_ring.hpp"

namespace {

using janji::ApplicantKey;
using janji::Code;
using janjid::ApplicantKeys;
using janjid::IdType;
using janjid::normalise_document;
using janjid::test::fixed_ring;

std::string normal(IdType type, std::string_view number) {
  const auto document = normalise_document(type, number);
  REQUIRE(document.ok());
  REQUIRE(document->type() == type);
  return std::string{document->number()};
}

std::string refused(IdType type, std::string_view number) {
  CAPTURE(std::string{number});
  const auto document = normalise_document(type, number);
  REQUIRE(document.code() == Code::invalid_argument);
  const std::string& detail = document.error().detail;
  REQUIRE(detail.find("id_number") == 0);
  REQUIRE(detail.find(janjid::to_string(type)) != std::string::npos);
  // Personal data never stands in a message. (Shorter ones may occur by chance: "4", "aa".)
  if (number.size() >= 5) REQUIRE(detail.find(number) == std::string::npos);
  return detail;
}

TEST_CASE("document types have exactly one spelling") {
  for (const IdType type : {IdType::mykad, IdType::passport, IdType::company}) {
    REQUIRE(janjid::parse_id_type(janjid::to_string(type)) == type);
  }
  for (const char* name : {"", "MyKad", "mykad ", "mykad\n", "nric", "pass", "passports"}) {
    REQUIRE_FALSE(janjid::parse_id_type(name).has_value());
  }
  REQUIRE_FALSE(janjid::parse_id_type(std::string_view{"mykad\0", 6}).has_value());
}

TEST_CASE("a MyKad number is its twelve digits, wherever the hyphens stand") {
  for (const char* number : {"900101145678", "900101-14-5678", "9-0-0-1-0-1-1-4-5-6-7-8",
                             "-900101145678-", "900101--145678"}) {
    REQUIRE(normal(IdType::mykad, number) == "900101145678");
  }
  REQUIRE(normal(IdType::mykad, "000000000000") == "000000000000");  // nothing else is checked
  REQUIRE(normal(IdType::mykad, "999999-99-9999") == "999999999999");
}

TEST_CASE("what is no MyKad number is refused") {
  REQUIRE(refused(IdType::mykad, "").find("this has 0") != std::string::npos);
  REQUIRE(refused(IdType::mykad, "90010114567").find("this has 11") != std::string::npos);
  REQUIRE(refused(IdType::mykad, "9001011456789").find("this has 13") != std::string::npos);
  REQUIRE(refused(IdType::mykad, "900101 14 5678").find("byte 7") != std::string::npos);
  refused(IdType::mykad, "------------");
  refused(IdType::mykad, " 900101145678");
  refused(IdType::mykad, "900101145678\n");
  refused(IdType::mykad, "90010114567A");
  refused(IdType::mykad, "+900101145678");
  refused(IdType::mykad, "900101.14.5678");
  refused(IdType::mykad, std::string_view{"900101145678\0", 13});
  refused(IdType::mykad, "٩٠٠١٠١١٤٥٦٧٨");              // Arabic-Indic digits
  refused(IdType::mykad, "９００１０１");              // full-width digits
  refused(IdType::mykad, "900101\u201314\u20135678");  // en dashes
  refused(IdType::mykad, std::string(1'000'000, '1'));
  refused(IdType::mykad, "900101145678-----------------------------");  // 41 bytes
  REQUIRE(normal(IdType::mykad, "900101145678----------------------------") == "900101145678");
}

TEST_CASE("a passport number is 6 to 20 letters and digits in capitals") {
  REQUIRE(normal(IdType::passport, "a1234567") == "A1234567");
  REQUIRE(normal(IdType::passport, "A12345") == "A12345");
  REQUIRE(normal(IdType::passport, "abcdefghijklmnopqrst") == "ABCDEFGHIJKLMNOPQRST");
  REQUIRE(normal(IdType::passport, "uvwxyz0123456789") == "UVWXYZ0123456789");
  REQUIRE(refused(IdType::passport, "A1234").find("this has 5") != std::string::npos);
  REQUIRE(refused(IdType::passport, "A12345678901234567890").find("this has 21") !=
          std::string::npos);
  for (const char* number : {"", "A 1234567", "A-1234567", "A1234567 ", "A123456_", "A123456@",
                             "A123456[", "A123456`", "A123456{", "A123456/", "A123456:",
                             "Ａ1234567", "ſ1234567", "\u212a1234567", "É1234567", "A123456\x80"}) {
    refused(IdType::passport, number);
  }
}

TEST_CASE("a company's number is the same however its parts are set apart") {
  for (const char* number : {"1234567-A", "1234567a", "1234567 A", "1.234.567/A", "1234567- -A"}) {
    REQUIRE(normal(IdType::company, number) == "1234567A");
  }
  REQUIRE(normal(IdType::company, "LLP0012345-LGN") == "LLP0012345LGN");
  REQUIRE(normal(IdType::company, "202001012345") == "202001012345");
  REQUIRE(normal(IdType::company, "1-2-3-4") == "1234");
  REQUIRE(normal(IdType::company, "12345678901234567890") == "12345678901234567890");
  REQUIRE(refused(IdType::company, "ABCDEF").find("no digit") != std::string::npos);
  for (const char* number :
       {"", "123", "1-2-3", "123456789012345678901", "-1234567A", "1234567A-", " 1234567A",
        "1234567A ", "202001012345 (1234567-A)", "1234567–A", "1234567_A", "١٢٣٤٥٦٧"}) {
    refused(IdType::company, number);
  }
}

TEST_CASE("applicant keys are pinned") {
  const ApplicantKeys keys{fixed_ring()};
  const auto key = [&](IdType type, const char* number) {
    return keys.make(normalise_document(type, number).value());
  };
  REQUIRE(key(IdType::mykad, "900101-14-5678") ==
          ApplicantKey{0xba3a73c2bb6c59ae, 0x217d6b246426243a});
  REQUIRE(key(IdType::passport, "a1234567") ==
          ApplicantKey{0xbc468ea1ec80cedf, 0xaecb5c03dd28faa6});
  REQUIRE(key(IdType::company, "202001012345") ==
          ApplicantKey{0xd5d9d1ed0512a221, 0x00ba93e15df3127f});
}

TEST_CASE("applicant keys differ by type, by number and by secret, and only by them") {
  const ApplicantKeys keys{fixed_ring()};
  const ApplicantKeys others{fixed_ring({{1, 1}})};
  const ApplicantKeys rotated{fixed_ring({{1, 0}, {2, 1}})};
  std::set<ApplicantKey> seen;
  std::size_t count = 0;
  for (int number = 0; number < 1000; ++number) {
    const std::string digits = std::to_string(100000000000 + number);
    for (const IdType type : {IdType::mykad, IdType::passport, IdType::company}) {
      const auto document = normalise_document(type, digits).value();
      const ApplicantKey key = keys.make(document);
      REQUIRE_FALSE(key.empty());
      REQUIRE(rotated.make(document) == key);
      seen.insert(key);
      seen.insert(others.make(document));
      count += 2;
    }
  }
  REQUIRE(seen.size() == count);
}

}  // namespace
