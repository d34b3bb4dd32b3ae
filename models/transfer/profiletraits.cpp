// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/profiletraits.h"

namespace turnstone {

using namespace Qt::StringLiterals;

QHash<QString, ColumnTraits> traitsOf(const TableProfile &table)
{
    QHash<QString, ColumnTraits> all;
    for (const ColumnProfile &column : table.columns) {
        ColumnTraits traits;
        traits.isJson = column.meaning == u"json" || column.meaning == u"chat-messages" || column.meaning == u"openai-response" || column.meaning == u"tags";
        if (column.meaning == u"utc-text" || column.meaning == u"zoned-time")
            traits.time = ColumnTraits::Time::Text;
        else if (column.meaning == u"epoch-s")
            traits.time = ColumnTraits::Time::EpochSeconds;
        else if (column.meaning == u"epoch-ms")
            traits.time = ColumnTraits::Time::EpochMilliseconds;
        if (traits.isJson || traits.time != ColumnTraits::Time::None)
            all.insert(column.name, traits);
    }
    return all;
}

} // namespace turnstone
