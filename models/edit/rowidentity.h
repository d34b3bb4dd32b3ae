// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/profiles/resolvedprofile.h"

#include <QString>
#include <QStringList>

namespace turnstone {

/// By what a row of a table is found again when it is to be changed.
struct RowIdentity
{
    enum class Kind { None, Rowid, PrimaryKey, UniqueKey, ProfileKey, ChosenKey };
    Kind kind = Kind::None;
    QStringList columns;
    /// For None: why, as a sentence for the user.
    QString refusal;

    bool isUsable() const { return kind != Kind::None; }
};

/// SQLite's rowid, else the primary key, a unique key without NULLs, the profile's key, the key that the user chose. Never a
/// place on the disk such as ctid: it changes.
RowIdentity rowIdentityOf(const CatalogTable &table, const TableProfile *profile = nullptr, const QStringList &chosen = {});

/// Why nobody can write a value into the column; empty if one can.
QString columnRefusal(const CatalogTable &table, const QString &column);

/// The profile of a table; null if the profile is about another schema or does not know the table.
const TableProfile *tableProfile(const ResolvedProfile &profile, const CatalogTable &table);

} // namespace turnstone
