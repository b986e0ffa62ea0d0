#include "sim/read_weather.h"

#include <optional>
#include <string>
#include <utility>

#include "sim/read_table.h"
#include "sim/units.h"

namespace coracle::sim {
namespace {

// ---- links

Readers readers_of(LinkWeather& link) {
  const auto share = [](const TomlEntry& e) {
    return quantity_of(e, parse_percentage, expected_percentage);
  };
  const auto sometime = [](const TomlEntry& e) {
    return quantity_of(e, parse_sometime, expected_sometime);
  };
  const auto latency = [&link](const TomlEntry& e) {
    link.latency = quantity_of(e, parse_latency, expected_latency);
  };
  const auto capacity = [&link](const TomlEntry& e) {
    link.capacity = static_cast<std::uint32_t>(
        whole_of(e, 1, 1'000'000, "a number of messages from 1 to 1000000"));
  };
  const auto bandwidth = [&link](const TomlEntry& e) {
    link.bandwidth = quantity_of(e, parse_bandwidth, expected_bandwidth);
  };
  return {{"latency", latency},
          {"loss", [&link, share](const TomlEntry& e) { link.loss = share(e); }},
          {"duplicate", [&link, share](const TomlEntry& e) { link.duplicate = share(e); }},
          {"reorder", [&link, sometime](const TomlEntry& e) { link.reorder = sometime(e); }},
          {"replay", [&link, sometime](const TomlEntry& e) { link.replay = sometime(e); }},
          {"capacity", capacity},
          {"bandwidth", bandwidth}};
}

// In an ordered network nothing overtakes.
void refuse_overtaking(const Scenario& s, const TomlTable& table) {
  if (s.network != NetworkKind::ordered) return;
  for (const TomlEntry& entry : table.entries)
    if (entry.key == "reorder" || entry.key == "replay")
      refuse(entry.key_place, entry.key + " in an ordered network; expected kind = \"unordered\"");
}

// "1", "2 3": nodes by their numbers.
std::vector<NodeId> nodes_of(const TomlEntry& entry) {
  std::string_view text = text_of(entry, "servers, such as '1' or '2 3'");
  std::vector<NodeId> nodes;
  for (text = without_spaces_before(text); !text.empty();) {
    const std::string_view word = text.substr(0, text.find(' '));
    nodes.push_back(located(entry.place, [&] { return parse_server(word); }));
    text = without_spaces_before(text.substr(word.size()));
  }
  if (nodes.empty()) refuse_value(entry, "servers, such as '1' or '2 3'");
  return nodes;
}

void read_link(Scenario& s, const TomlEntry& entry) {
  LinksWeather links{{}, {}, s.weather.network};
  Readers readers = readers_of(links.weather);
  readers["from"] = [&](const TomlEntry& e) { links.from = nodes_of(e); };
  readers["to"] = [&](const TomlEntry& e) { links.to = nodes_of(e); };
  const TomlTable& table = table_of(entry, "a table, headed [[link]]");
  refuse_overtaking(s, table);
  read_table(table, " in [[link]]", readers);
  s.weather.links.push_back(std::move(links));
}

}  // namespace

void read_network(Scenario& s, const TomlEntry& entry, const Names& /*names*/) {
  Readers readers = readers_of(s.weather.network);
  readers["kind"] = [&](const TomlEntry& e) {
    const std::string& name = name_of(e, "network", {"unordered", "ordered"});
    s.network = name == "ordered" ? NetworkKind::ordered : NetworkKind::unordered;
  };
  const TomlTable& table = table_of(entry, "a table, headed [network]");
  read_table(table, " in [network]", readers);
  refuse_overtaking(s, table);
}

void read_links(Scenario& s, const TomlEntry& entry, const Names& /*names*/) {
  const auto* array = std::get_if<TomlArray>(&entry.value);
  if (array == nullptr) refuse_value(entry, "tables, each headed [[link]]");
  for (const TomlEntry& link : array->elements) read_link(s, link);
}

void read_disk(Scenario& s, const TomlEntry& entry, const Names& names) {
  if (!names.has_disk)
    refuse(entry.key_place, "a node of " + s.model + " has no disk; expected no [disk]");
  std::optional<TomlEntry> buffered;  // what only a buffered disk has
  const auto kind = [&](const TomlEntry& e) {
    const std::string& name = name_of(e, "disk", {"synced", "buffered"});
    s.disk = name == "buffered" ? DiskKind::buffered : DiskKind::synced;
  };
  const auto flush = [&](const TomlEntry& e) {
    s.weather.flush = quantity_of(e, parse_span, expected_span);
    buffered = e;
  };
  const auto stall = [&](const TomlEntry& e) {
    s.weather.stall = quantity_of(e, parse_sometime, expected_sometime);
    buffered = e;
  };
  read_table(table_of(entry, "a table, headed [disk]"), " in [disk]",
             {{"kind", kind}, {"flush", flush}, {"stall", stall}});
  if (buffered && s.disk == DiskKind::synced)
    refuse(buffered->key_place,
           buffered->key +
               " of a synced disk, which writes at once; expected kind = \"buffered\" with it");
}

void read_clock(Scenario& s, const TomlEntry& entry, const Names& names) {
  if (names.timers.empty())
    refuse(entry.key_place, "a node of " + s.model + " has no alarm; expected no [clock]");
  const auto drift = [&](const TomlEntry& e) {
    s.weather.drift = quantity_of(e, parse_drift, expected_drift);
  };
  read_table(table_of(entry, "a table, headed [clock]"), " in [clock]", {{"drift", drift}});
}

namespace {

// "{ set = 50, get = 40 }"
void read_mix(Scenario& s, const TomlEntry& entry, const Names& names) {
  for (const TomlEntry& e : table_of(entry, "a table, such as { set = 50, get = 40 }").entries) {
    if (std::ranges::find(names.loads, e.key) == names.loads.end())
      refuse(e.key_place, unknown("request of a load", e.key, names.loads).what());
    const std::uint64_t weight = whole_of(e, 0, 1'000'000, "a whole number, such as 50");
    if (weight > 0) s.load.mix.emplace_back(e.key, static_cast<std::uint32_t>(weight));
  }
  if (s.load.mix.empty()) refuse(entry.place, "a mix of nothing; expected such as { set = 50 }");
}

}  // namespace

void read_clients(Scenario& s, const TomlEntry& entry, const Names& names) {
  if (names.requests.empty())
    refuse(entry.key_place, "nobody asks anything of " + s.model + "; expected no clients");
  const auto rate = [&](const TomlEntry& e) {
    s.load.rate = quantity_of(e, parse_rate, expected_rate);
  };
  const auto keys = [&](const TomlEntry& e) {
    s.load.keys =
        static_cast<std::uint32_t>(whole_of(e, 1, 1'000'000, "a number of keys from 1 to 1000000"));
  };
  const auto hot = [&](const TomlEntry& e) {
    s.load.hot = quantity_of(e, parse_percentage, expected_percentage);
  };
  // What the model itself knows of them.
  const auto option = [&](const TomlEntry& e, const std::string& name, std::string value) {
    if (std::ranges::find(names.options, name) == names.options.end())
      refuse(e.key_place,
             e.key + ", but the clients of " + s.model + " have none; expected no " + e.key);
    s.option_places[name] = e.place;
    if (!s.options.emplace(name, std::move(value)).second)
      refuse(e.key_place,
             e.key + " beside " + name + " in [" + s.model + "]; expected one of them");
  };
  read_table(table_of(entry, "a table, headed [clients]"), " in [clients]",
             {{"rate", rate},
              {"keys", keys},
              {"hot", hot},
              {"mix", [&](const TomlEntry& e) { read_mix(s, e, names); }},
              {"count",
               [&](const TomlEntry& e) {
                 option(e, "clients", std::to_string(whole_of(e, 1, 255, "a number of clients")));
               }},
              {"timeout",
               [&](const TomlEntry& e) { option(e, "retry", text_of(e, expected_duration)); }}});
}

// ---- chaos

namespace {

// The faults that have a name of their own, as the sentences that they are.
struct NamedFault {
  std::string_view key;
  std::vector<std::string_view> sentences;  // each as often as the others
};

const std::vector<NamedFault>& named_faults() {
  static const std::vector<NamedFault> faults{
      {"crash", {"crash any"}},
      {"pause", {"pause any"}},
      {"partition", {"partition a minority | others", "partition ring", "partition bridge"}},
      {"one_way", {"partition any -> others", "partition others -> any"}},
      {"clog", {"clog any | others"}},
      {"swizzle", {"swizzle all"}},
      {"lose", {"drop 30 % of messages"}},
      {"duplicate", {"duplicate 30 % of messages"}},
      {"delay", {"delay 30 % of messages by 50..500 ms"}},
      {"slow", {"slow any by 20..200 ms"}},
      {"skew", {"skew clock of any by 150 ms", "skew clock of any by -150 ms"}},
      {"drift", {"drift clock of any by 10 %", "drift clock of any by -10 %"}}};
  return faults;
}

void add_fault(Scenario& s, std::string_view sentence, Time mean, const TomlEntry& entry,
               const Names& names) {
  Verb verb = located(entry.key_place, [&] { return parse_verb(sentence, names); });
  verb.place = entry.key_place;
  s.chaos.faults.push_back({std::move(verb), mean});
}

void read_sentences(Scenario& s, const TomlEntry& entry, const Names& names) {
  for (const TomlEntry& e : table_of(entry, "a table of sentences").entries)
    add_fault(s, e.key, quantity_of(e, parse_frequency, expected_frequency), e, names);
}

}  // namespace

void read_chaos(Scenario& s, const TomlEntry& entry, const Names& names) {
  Chaos& chaos = s.chaos;
  Readers readers{
      {"from",
       [&](const TomlEntry& e) {
         chaos.from = duration_of(e);
         if (chaos.from >= s.duration)
           refuse(e.place, "chaos from the end of the run or after it; expected it earlier");
       }},
      {"until",
       [&](const TomlEntry& e) {
         chaos.until = positive_duration_of(e);
         if (chaos.until >= s.duration)
           refuse(e.place, "chaos until the end of the run or after it; expected it earlier");
       }},
      {"lasting",
       [&](const TomlEntry& e) { chaos.lasting = quantity_of(e, parse_span, expected_span); }},
      {"swarm", [&](const TomlEntry& e) { chaos.swarm = truth_of(e); }},
      {"max_down",
       [&](const TomlEntry& e) {
         chaos.most_may_be_down = name_of(e, "number of servers", {"minority", "all"}) == "all";
       }},
      {"core",
       [&](const TomlEntry& e) {
         chaos.core = name_of(e, "number of servers", {"majority", "all"}) == "all"
                          ? Chaos::Core::all
                          : Chaos::Core::majority;
       }},
      {"say", [&](const TomlEntry& e) { read_sentences(s, e, names); }}};
  for (const NamedFault& fault : named_faults())
    readers[std::string(fault.key)] = [&, fault](const TomlEntry& e) {
      const Time mean = quantity_of(e, parse_frequency, expected_frequency);
      const auto kinds = static_cast<Time>(fault.sentences.size());
      for (const std::string_view sentence : fault.sentences)
        add_fault(s, sentence, mean * kinds, e, names);
    };
  read_table(table_of(entry, "a table, headed [chaos]"), " in [chaos]", readers);
  if (chaos.from >= chaos.until)
    refuse(entry.place, "chaos from its end on; expected from before until");
}

}  // namespace coracle::sim
