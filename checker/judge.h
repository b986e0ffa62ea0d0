// Who judges is told in model/judge.h: every driver asks the same. This is its name here.
#pragma once

#include "model/judge.h"

namespace coracle::checker {

using coracle::Asked;
using coracle::Judge;
using coracle::Marks;

}  // namespace coracle::checker
