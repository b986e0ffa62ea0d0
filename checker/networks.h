// Networks as numbers: rows of envelope ids, each kept once, and what becomes of them remembered.
// One half of checker/interned.h.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/tables.h"
#include "model/network.h"

namespace coracle::checker {

using Id = std::uint32_t;

class Networks {
 public:
  using Envelopes = boost::container::small_vector<Id, 12>;

  // Any network of more messages than the bounds allow: nobody looks at it again.
  static constexpr Id beyond = 0xFFFFFFFF;
  static constexpr Id nothing = 0;  // is sent

  Networks(NetworkRules rules, std::optional<std::size_t> most) : rules_(rules), most_(most) {
    CHECK(sents_.id_of({}).id == nothing);
  }

  // Envelopes are numbered from zero on, in the order in which their links are told.
  void add_envelope(Link link) { links_.push_back(link); }
  Link link_of(Id envelope) const { return links_[envelope]; }

  RowTable::Row row(Id network) const { return networks_.row(network); }
  std::size_t size() const { return networks_.size(); }
  std::size_t bytes() const {
    return networks_.bytes() + exits_.bytes() + with_.bytes() + with_copy_.bytes();
  }

  Id sent_of(RowTable::Row envelopes) { return sents_.id_of(envelopes).id; }

  Id network_of(RowTable::Row envelopes) {
    Envelopes sorted;
    for (const Id envelope : envelopes) put(sorted, envelope);
    return kept(sorted);
  }

  Id with(Id network, Id sent) {
    if (sent == nothing || network == beyond) return network;
    if (overflows(network, sent)) return beyond;
    return with_.get(network, sent, [&] {
      Envelopes envelopes = list(network);
      for (const Id envelope : sents_.row(sent)) put(envelopes, envelope);
      return kept(envelopes);
    });
  }

  Id with_copy(Id network, Id envelope) {
    return with_copy_.get(network, envelope, [&] {
      Envelopes envelopes = list(network);
      repeat(envelopes, envelope);
      return kept(envelopes);
    });
  }

  Id without(Id network, Id envelope) {
    for (const Exit& exit : exits(network))
      if (exit.envelope == envelope) return exit.rest;
    CHECK(false && "only what may arrive can be taken out");
    return beyond;
  }

  template <class F>
  void for_each_deliverable(Id network, F f) {
    for (const Exit& exit : exits(network)) f(exit.envelope);
  }

  template <class HashOf>
  Hash128 content_hash(Id network, HashOf hash_of) const {
    return network_hash(
        rules_, row(network), [&](Id e) { return links_[e]; }, hash_of);
  }

 private:
  struct Exit {
    Id envelope;
    Id rest;
  };

  Envelopes list(Id network) const {
    const auto envelopes = row(network);
    return {envelopes.begin(), envelopes.end()};
  }
  void put(Envelopes& envelopes, Id envelope) const {
    put_in_flight(rules_, envelopes, envelope, [&](Id e) { return links_[e]; });
  }
  Id kept(const Envelopes& envelopes) {
    if (most_ && envelopes.size() > *most_) return beyond;
    return networks_.id_of(envelopes).id;
  }

  // A set may have some of it already, so only the others can be told by their sizes.
  bool overflows(Id network, Id sent) const {
    return most_ && rules_.kind != NetworkKind::set &&
           row(network).size() + sents_.row(sent).size() > *most_;
  }

  // What may leave a network, and what then remains: a length, then the exits. A network's note is
  // one more than where they begin, zero before they are known.
  std::span<const Exit> exits(Id network) {
    if (networks_.note(network) == 0) {
      std::vector<Exit> exits{{0, 0}};
      const Envelopes envelopes = list(network);
      coracle::for_each_deliverable(
          rules_, envelopes, [&](Id e) { return links_[e]; },
          [&](Id envelope) {
            Envelopes rest = envelopes;
            take_out(rules_, rest, envelope);
            exits.push_back({envelope, networks_.id_of(rest).id});
          });
      exits[0].envelope = static_cast<Id>(exits.size() - 1);
      networks_.note(network) = static_cast<Id>(exits_.append(exits) + 1);
    }
    const std::size_t begin = networks_.note(network) - 1;
    return exits_.row(begin + 1, exits_[begin].envelope);
  }

  NetworkRules rules_;
  std::optional<std::size_t> most_;
  std::vector<Link> links_;  // by envelope
  RowTable networks_;
  RowTable sents_;
  Chunked<Exit> exits_;
  PairTable<Id> with_;       // (network, sent) -> network
  PairTable<Id> with_copy_;  // (network, envelope) -> network
};

}  // namespace coracle::checker
