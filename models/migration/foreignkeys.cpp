// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/foreignkeys.h"

namespace turnstone {

using namespace Qt::StringLiterals;

Result<DanglingRows> danglingRows(Connection &sqlite)
{
    DanglingRows found;
    const Result<> done = sqlite.forEachRow(u"SELECT \"table\", \"parent\", count(*) FROM pragma_foreign_key_check GROUP BY 1, 2"_s, {}, [&](const RowBlock &block, int row) {
        found[Value(block.at(row, 0)).toDisplayText() + u" → "_s + Value(block.at(row, 1)).toDisplayText()] = block.at(row, 2).integer();
        return true;
    });
    if (!done)
        return failure(done);
    return found;
}

ForeignKeysSwitch::ForeignKeysSwitch(Connection &connection, bool on) : m_connection(connection)
{
    if (connection.engine() != Engine::Sqlite)
        return;
    const Result<Value> before = connection.queryValue(u"PRAGMA foreign_keys"_s);
    m_wasOn = before && before->integer() != 0;
    (void)connection.execute(on ? u"PRAGMA foreign_keys=ON"_s : u"PRAGMA foreign_keys=OFF"_s);
}

ForeignKeysSwitch::~ForeignKeysSwitch()
{
    if (m_connection.engine() != Engine::Sqlite)
        return;
    if (m_connection.stopRequested())
        m_connection.setStopToken({}); // a stopped run must leave the connection as it was
    (void)m_connection.execute(m_wasOn ? u"PRAGMA foreign_keys=ON"_s : u"PRAGMA foreign_keys=OFF"_s);
}

} // namespace turnstone
