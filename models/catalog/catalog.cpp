// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalog.h"

#include <algorithm>
#include <limits>

namespace turnstone {
using namespace Qt::StringLiterals;

namespace {

constexpr char16_t asciiLower(char16_t c)
{
    return c >= u'A' && c <= u'Z' ? static_cast<char16_t>(c + 32) : c;
}

bool equalsIgnoringAsciiCase(QStringView a, QStringView b)
{
    return a.size() == b.size() && std::equal(a.utf16(), a.utf16() + a.size(), b.utf16(), [](char16_t x, char16_t y) {
        return asciiLower(x) == asciiLower(y);
    });
}

bool isSameIdentifier(Engine engine, const QString &a, const QString &b)
{
    return engine == Engine::Sqlite ? equalsIgnoringAsciiCase(a, b) : a == b;
}

/// Position of `schema` in the order in which schemas are searched; unlisted ones come last.
qsizetype rank(const QStringList &schemas, const QString &schema)
{
    const qsizetype position = schemas.indexOf(schema);
    return position < 0 ? std::numeric_limits<qsizetype>::max() - 1 : position;
}

/// The first by rank of `schemas` among those that `matches` accepts.
template<typename T, typename Matches>
const T *firstInOrder(const std::vector<T> &items, const QStringList &schemas, const Matches &matches)
{
    const T *best = nullptr;
    qsizetype bestRank = std::numeric_limits<qsizetype>::max();
    for (const T &item : items) {
        if (!matches(item))
            continue;
        if (const qsizetype itemRank = rank(schemas, item.schema); itemRank < bestRank) {
            best = &item;
            bestRank = itemRank;
        }
    }
    return best;
}

} // namespace

const CatalogColumn *CatalogTable::column(const QString &columnName) const
{
    const auto it = std::ranges::find_if(columns, [&](const CatalogColumn &candidate) {
        return isSameIdentifier(engine, candidate.name, columnName);
    });
    return it == columns.end() ? nullptr : &*it;
}

QString CatalogTable::rowidName() const
{
    const bool mayHaveRowid = kind == TableKind::Table || kind == TableKind::Shadow || kind == TableKind::VirtualTable;
    if (engine != Engine::Sqlite || !mayHaveRowid || withoutRowid || !problem.isEmpty())
        return {};
    const QString alias = rowidAlias();
    for (const QString &candidate : {u"rowid"_s, u"_rowid_"_s, u"oid"_s}) {
        const CatalogColumn *shadowing = column(candidate);
        if (shadowing == nullptr || shadowing->name == alias)
            return candidate;
    }
    return alias;
}

QString CatalogTable::rowidAlias() const
{
    const bool isOrdinary = kind == TableKind::Table || kind == TableKind::Shadow;
    if (engine != Engine::Sqlite || !isOrdinary || withoutRowid || primaryKey.size() != 1)
        return {};
    // A single INTEGER key that is no alias ("INTEGER PRIMARY KEY DESC") has an index of its own.
    const bool hasIndexOfItsOwn = std::ranges::any_of(indexes, [](const CatalogIndex &index) { return index.primary; });
    const CatalogColumn *key = column(primaryKey.first());
    const bool isAlias = key != nullptr && !hasIndexOfItsOwn && equalsIgnoringAsciiCase(key->type, u"INTEGER");
    return isAlias ? key->name : QString();
}

QStringList CatalogTable::identityColumns() const
{
    if (!primaryKey.isEmpty())
        return primaryKey;
    const CatalogIndex *best = nullptr;
    for (const CatalogIndex &index : indexes) {
        const bool isKey = index.unique && index.valid && !index.hasExpressions && index.predicate.isEmpty() && !index.columns.isEmpty();
        const auto isNotNull = [this](const QString &columnName) {
            const CatalogColumn *found = column(columnName);
            return found != nullptr && found->notNull;
        };
        if (isKey && std::ranges::all_of(index.columns, isNotNull) && (best == nullptr || index.columns.size() < best->columns.size()))
            best = &index;
    }
    return best == nullptr ? QStringList() : best->columns;
}

const CatalogTable *Catalog::table(const QString &name, const QString &schema) const
{
    const auto hinted = [this, &name](const QString &wantedSchema) -> const CatalogTable * {
        const auto it = m_positions.constFind(key(wantedSchema, name));
        if (it == m_positions.cend() || *it >= static_cast<qsizetype>(tables.size()))
            return nullptr;
        const CatalogTable &candidate = tables[static_cast<std::size_t>(*it)];
        return isSameName(candidate.name, name) && isSameName(candidate.schema, wantedSchema) ? &candidate : nullptr;
    };
    if (!schema.isEmpty()) {
        if (const CatalogTable *found = hinted(schema))
            return found;
    }
    else {
        for (const QString &candidate : schemas) {
            if (const CatalogTable *found = hinted(candidate))
                return found;
        }
    }
    return firstInOrder(tables, schemas, [&](const CatalogTable &candidate) {
        return isSameName(candidate.name, name) && (schema.isEmpty() || isSameName(candidate.schema, schema));
    });
}

const CatalogEnum *Catalog::enumType(const QString &name, const QString &schema) const
{
    return firstInOrder(enums, schemas, [&](const CatalogEnum &candidate) {
        return isSameName(candidate.name, name) && (schema.isEmpty() || isSameName(candidate.schema, schema));
    });
}

void Catalog::indexTables()
{
    m_positions.clear();
    m_positions.reserve(static_cast<qsizetype>(tables.size()));
    for (qsizetype i = static_cast<qsizetype>(tables.size()) - 1; i >= 0; --i) {
        const CatalogTable &indexed = tables[static_cast<std::size_t>(i)];
        m_positions.insert(key(indexed.schema, indexed.name), i);
    }
}

bool Catalog::isSameName(const QString &a, const QString &b) const
{
    return isSameIdentifier(engine, a, b);
}

QString Catalog::key(const QString &schema, const QString &name) const
{
    QString key = schema + QChar(u'\0') + name;
    if (engine == Engine::Sqlite) {
        // Looks before it writes: writing detaches.
        const bool hasUpper = std::ranges::any_of(key, [](QChar c) { return c >= u'A' && c <= u'Z'; });
        if (hasUpper) {
            for (QChar &c : key)
                c = QChar(asciiLower(c.unicode()));
        }
    }
    return key;
}

} // namespace turnstone
