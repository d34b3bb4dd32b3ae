// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace turnstone {

struct Grammar;

/// What may stand at a key of a profile. resources/profiles/README.md tells it in words.
enum class GrammarRule {
    Text,
    Boolean,
    Number,
    Any,
    TextList,
    Word,        ///< one of GrammarKey::words
    Id,          ///< a word that may stand in a path
    Pattern,     ///< a regular expression
    Table,       ///< becomes the table at hand
    OtherTable,
    Column,      ///< of the table at hand
    Columns,
    Field,
    Fields,
    FieldMap,    ///< name → field
    Template,
    Link,        ///< table at hand → record
    LinkToOwner, ///< junction → the table that it leads to; a check's table → the one it refers to
    SelfLink,
    Order,
    Conditions,
    Set,
    Sql,
    Reference,   ///< "table.column" of any table
    Object,
    List
};

struct GrammarKey
{
    const char *name;
    GrammarRule rule;
    bool required = false;
    const Grammar *inner = nullptr;
    const char *words = nullptr;
    /// Sibling keys whose table is the record of this object's link, the first that is there.
    const char *recordFrom = nullptr;
};

/// The keys of one kind of object.
struct Grammar
{
    const char *what;
    std::vector<GrammarKey> keys;
    bool junction = false;

    const GrammarKey *key(const QString &name) const;
    QStringList names() const;
};

/// Null if there is no lens of that kind.
const Grammar *lensGrammar(const QString &kind);
QStringList lensKinds();
const Grammar &tableDetailsGrammar();
const Grammar &treeGrammar();
const Grammar &actionGrammar();
const Grammar &checkGrammar();
const Grammar &queryGrammar();
/// Meanings of a column; "code:<language>" besides.
const QStringList &columnMeanings();

/// The candidate that is nearest to `word` if it is near enough, else empty.
QString nearestWord(const QString &word, const QStringList &candidates);

} // namespace turnstone
