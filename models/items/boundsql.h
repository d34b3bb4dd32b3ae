// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/databaseurl.h"
#include "models/database/value.h"

#include <QString>

namespace turnstone {

/// A statement being put together: its text and the values for its placeholders, in step.
class BoundSql
{
public:
    explicit BoundSql(Engine of) : engine(of) {}

    /// Keeps the value and returns its placeholder.
    QString place(const Value &value)
    {
        parameters.positional.push_back(value);
        return QChar(engine == Engine::Sqlite ? u'?' : u'$') + QString::number(parameters.positional.size());
    }

    Engine engine;
    QString text;
    Parameters parameters;
};

} // namespace turnstone
