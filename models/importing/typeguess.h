// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/databaseurl.h"
#include "models/database/rowblock.h"

#include <QString>

#include <vector>

namespace turnstone {

/// Guesses what type a column needs so that none of its values loses anything: leading zeros and plus signs make a text,
/// integers beyond int64 and decimals of more digits than a double keeps an exact number where the engine has one, else a text.
class TypeGuess
{
public:
    void look(const ValueRef &value);
    /// As in CREATE TABLE.
    QString type(Engine engine) const;
    bool sawNull() const { return m_sawNull; }

private:
    bool m_sawNull = false;
    bool m_sawValue = false;
    bool m_isInteger = true;
    bool m_isSmall = true;   // fits int64
    bool m_isDecimal = true; // integers included
    bool m_isShort = true;   // of digits that a double keeps
    bool m_isBoolean = true;
    bool m_isJson = true;
    bool m_isTime = true;
    bool m_hasZone = false;
};

/// Guesses for every column of the rows seen.
class TypeGuesses
{
public:
    void look(const RowBlock &rows);
    std::vector<QString> types(Engine engine, std::size_t columns) const;

private:
    std::vector<TypeGuess> m_columns;
};

} // namespace turnstone
