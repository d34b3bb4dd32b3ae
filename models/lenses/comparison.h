// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/textdiff.h"
#include "models/lenses/transcript.h"

namespace turnstone {

/// Two to six records of a table, field by field.
struct RecordComparison
{
    struct Field
    {
        QString title;
        bool isPart = false; ///< a row that belongs to the records, not a field of theirs
        bool isJson = false; ///< laid out with sorted keys: order and white space make no difference
        QStringList texts;   ///< of each record; null for NULL
    };
    QStringList titles; ///< of the records
    std::vector<RowKey> keys;
    std::vector<Field> fields;

    static constexpr int most = 6;
    static constexpr std::size_t mostFields = 500;
};

/// What is marked in a text of a record, against the first record's.
struct ComparedText
{
    std::vector<DiffRun> runs; ///< as diffTexts(first, this)
    bool isSame = true;
    bool isCoarse = false;
    double likeness = 1;
};

/// The table's lens of kind `compare`: null if there is none, and then all columns are compared.
const Lens *compareLensFor(const ResolvedProfile &profile, const QString &table);
/// The record that one is usually compared with (the fork's parent); empty if there is none. Blocks.
[[nodiscard]] Result<RowKey> usualPartner(const LensScope &scope, const QString &table, const RowKey &key);
/// Records of the table to choose from, newest key first: title and key. Blocks.
[[nodiscard]] Result<std::vector<std::pair<QString, RowKey>>> comparable(const LensScope &scope, const QString &table, int limit);
/// Blocks. Errors: NotFound if one of the records is gone.
[[nodiscard]] Result<RecordComparison> readComparison(const LensScope &scope, const QString &table, const std::vector<RowKey> &keys);
/// By field, then record (the first one is the base). For a worker; bounded.
std::vector<std::vector<ComparedText>> compareFields(const RecordComparison &comparison, const std::stop_token &stop);
/// JSON with its objects' keys sorted and laid out; every number and string byte for byte as it was. Null if it is none or nested too deeply.
QString sortedJson(const QByteArray &json);

} // namespace turnstone
