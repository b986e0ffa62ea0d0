// A small explored space as a Boost.Graph graph: its strongly connected components, and a picture
// of it.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graphviz.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "checker/search.h"
#include "model/narrative.h"

namespace coracle::checker {

// A graph larger than this says nothing to anybody.
inline constexpr std::size_t largest_graph = 100'000;

struct WorldLabel {
  std::string text;
};
struct ActionLabel {
  std::string text;
};
using Graph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, WorldLabel, ActionLabel>;

// The worlds that a search has stored, and the steps between them that change something.
template <Protocol P>
Graph graph_of(Space<P>& space, const Search<P>& search) {
  CHECK(search.worlds().size() <= largest_graph);
  boost::unordered_flat_map<WorldKey, std::size_t> vertices;
  Graph graph;
  for (std::size_t i = 0; i < search.worlds().size(); ++i) {
    const WorldKey key = search.worlds()[i];
    vertices.emplace(key, i);
    boost::add_vertex({world_text<P>(space.interned().plain(space.world(key)))}, graph);
  }
  for (std::size_t i = 0; i < search.worlds().size(); ++i) {
    space.for_each_successor(search.worlds()[i], [&](const auto& action, const auto& next) {
      if (!next.changed || !next.within) return;
      const auto to = vertices.find(next.key());
      if (to == vertices.end()) return;  // where the search was cut short
      const auto plain = space.interned().plain(Action<Interned<P>>(action));
      boost::add_edge(i, to->second, {action_text<P>(plain)}, graph);
    });
  }
  return graph;
}

inline std::size_t strong_components(const Graph& graph) {
  std::vector<std::size_t> component(boost::num_vertices(graph));
  return boost::strong_components(
      graph,
      boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
}

// Graphviz: `dot -Tsvg`.
inline void write_dot(std::ostream& out, const Graph& graph) {
  boost::write_graphviz(out, graph, boost::make_label_writer(boost::get(&WorldLabel::text, graph)),
                        boost::make_label_writer(boost::get(&ActionLabel::text, graph)));
}

}  // namespace coracle::checker
