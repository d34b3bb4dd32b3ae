// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/jsonvalue.h"

#include "models/transfer/jsonformat.h"

namespace turnstone {

bool writeJsonValue(JsonWriter &json, const ValueRef &value, const ResultColumn &column, Engine engine)
{
    OutputBuffer token;
    const bool isExact = appendJsonValue(token, value, column, engine, traitsOf(column, engine), {});
    json.raw(token.view());
    return isExact;
}

} // namespace turnstone
