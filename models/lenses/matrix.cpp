// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/matrix.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int longestCell = 400'000;

QString chosenText(const LensScope &scope, const Lens &lens, const RowKey &record, QString &title)
{
    const CatalogTable *table = scope.sql.table(lens.table);
    if (table == nullptr)
        return {};
    LensSelect select(scope, *table, u"r"_s);
    const int chosen = select.addField(lensField(lens.parts, u"chosen"_s));
    const TableProfile *known = scope.profile.table(lens.table);
    const LabelTemplate label = known == nullptr ? LabelTemplate() : known->label;
    const int first = select.addTemplate(label, *table, u"r"_s);
    const QString condition = identityCondition(scope, *table, u"r"_s, record, select.values());
    QString text;
    (void)scope.connection.forEachRow(select.statement(scope.sql.tableName(*table) + u" r WHERE "_s + condition), select.values().values(), [&](const RowBlock &block, int row) {
        text = lensText(block, row, chosen);
        title = first < 0 ? QString() : lensTitle(label, block, row, first);
        return false;
    });
    return text;
}

} // namespace

int Matrix::missing() const
{
    int count = 0;
    for (const std::vector<MatrixCell> &row : cells)
        count += static_cast<int>(std::ranges::count_if(row, &MatrixCell::isMissing));
    return count;
}

const Lens *matrixLensFor(const ResolvedProfile &profile, const QString &table)
{
    const auto found = std::ranges::find_if(profile.lenses, [&](const Lens &lens) { return lens.kind == u"matrix" && lens.table == table; });
    return found == profile.lenses.end() ? nullptr : &*found;
}

Result<Matrix> readMatrix(const LensScope &scope, const Lens &lens, const RowKey &record)
{
    Matrix matrix;
    const QJsonObject rowParts = lens.parts.value(u"rows"_s).toObject();
    const QJsonObject cellParts = lens.parts.value(u"cells"_s).toObject();
    const LensSource rows = LensSource::from(rowParts);
    const LensSource cells = LensSource::from(cellParts);
    const LabelTemplate title = lensTemplate(rowParts, u"title"_s);
    const CatalogTable *rowTable = scope.sql.table(rows.table);
    const CatalogTable *cellTable = scope.sql.table(cells.table);
    if (rowTable == nullptr || cellTable == nullptr)
        return failure(ErrorCode::NotFound, QCoreApplication::translate("Lenses", "There is no table %1.").arg(rowTable == nullptr ? rows.table : cells.table));
    const Result<std::map<QString, Value>> owner = readOwner(scope, lens.table, record, ownerColumns(rows));
    if (!owner)
        return failure(owner);
    matrix.cellTable = cells.table;
    const QString chosen = chosenText(scope, lens, record, matrix.recordTitle);

    // Rows first: one that nobody answered is a row, too.
    std::map<QString, int> rowOfKey;
    std::map<QString, int> rowOfTitle;
    LensSelect rowSelect(scope, *rowTable, u"t0"_s);
    const int rowKeys = rowSelect.addIdentity();
    const int titleAt = rowSelect.addTemplate(title, *rowTable, u"t0"_s);
    const Result<QString> rowFrom = fromSources(scope, {&rows}, *owner, rowSelect.values());
    if (!rowFrom)
        return failure(rowFrom);
    Result<> read = scope.connection.forEachRow(rowSelect.statement(*rowFrom), rowSelect.values().values(), [&](const RowBlock &block, int row) {
        const QString words = titleAt < 0 ? QString::number(matrix.rows.size() + 1) : lensTitle(title, block, row, titleAt);
        const auto known = rowOfTitle.find(words);
        if (known == rowOfTitle.end() && matrix.rows.size() >= Matrix::mostRows) {
            matrix.isCut = true;
            return false;
        }
        const int at = known != rowOfTitle.end() ? known->second : static_cast<int>(matrix.rows.size());
        if (known == rowOfTitle.end()) {
            matrix.rows.append(words);
            rowOfTitle.emplace(words, at);
        }
        rowOfKey.emplace(keyOfRow(lensKey(block, row, 0, rowKeys)), at);
        return true;
    });
    if (!read)
        return failure(read);

    struct Found
    {
        int row;
        int column;
        MatrixCell cell;
    };
    std::vector<Found> found;
    std::map<QString, int> columns;
    LensSelect select(scope, *cellTable, u"t1"_s);
    const int aboveKeys = select.addIdentity(*rowTable, u"t0"_s);
    const int cellKeys = select.addIdentity();
    const int column = select.addField(lensField(cellParts, u"column"_s));
    const int text = select.addStart(lensField(cellParts, u"text"_s), longestCell);
    const int length = select.addLength(lensField(cellParts, u"text"_s));
    const int score = select.addField(lensField(cellParts, u"score"_s));
    const int tokens = select.addField(lensField(cellParts, u"tokens"_s));
    const int latency = select.addField(lensField(cellParts, u"latency"_s));
    const Result<QString> from = fromSources(scope, {&rows, &cells}, *owner, select.values());
    if (!from)
        return failure(from);
    qsizetype characters = 0;
    bool hasScore = false;
    read = scope.connection.forEachRow(select.statement(*from), select.values().values(), [&](const RowBlock &block, int row) {
        const auto above = rowOfKey.find(keyOfRow(lensKey(block, row, 0, aboveKeys)));
        if (above == rowOfKey.end())
            return true;
        const QString name = lensText(block, row, column);
        const auto [at, isNew] = columns.try_emplace(name, static_cast<int>(matrix.columns.size()));
        if (isNew)
            matrix.columns.append(name);
        MatrixCell cell;
        cell.key = lensKey(block, row, aboveKeys, cellKeys);
        cell.text = lensText(block, row, text);
        cell.isWhole = lensNumber(block, row, length).value_or(0) <= longestCell;
        cell.score = lensNumber(block, row, score);
        cell.tokens = lensNumber(block, row, tokens);
        cell.latencyMs = lensNumber(block, row, latency);
        cell.isChosen = !chosen.isEmpty() && cell.text == chosen;
        if (cell.score) {
            matrix.lowestScore = hasScore ? std::min(matrix.lowestScore, *cell.score) : *cell.score;
            matrix.highestScore = hasScore ? std::max(matrix.highestScore, *cell.score) : *cell.score;
            hasScore = true;
        }
        characters += cell.text.size();
        found.push_back({above->second, at->second, std::move(cell)});
        matrix.isCut = matrix.isCut || characters > Matrix::mostCharacters;
        return characters <= Matrix::mostCharacters;
    });
    if (!read)
        return failure(read);
    matrix.cells.assign(static_cast<std::size_t>(matrix.rows.size()), std::vector<MatrixCell>(static_cast<std::size_t>(matrix.columns.size())));
    for (Found &each : found) {
        MatrixCell &place = matrix.cells[static_cast<std::size_t>(each.row)][static_cast<std::size_t>(each.column)];
        const int more = place.isMissing() ? 0 : place.more + 1;
        place = std::move(each.cell);
        place.more = more;
    }
    // Scores of 0 … 1 and 0 … 100 are read against their scale, not against each other.
    if (hasScore && matrix.lowestScore >= 0 && matrix.highestScore <= 100) {
        matrix.lowestScore = 0;
        matrix.highestScore = matrix.highestScore <= 1 ? 1 : 100;
    }
    return matrix;
}

std::vector<std::vector<TextDiff>> diffMatrix(const Matrix &matrix, int baseline, std::stop_token stop)
{
    constexpr qint64 budgetOfAll = 60'000'000;
    const qint64 budget = std::max<qint64>(20'000, budgetOfAll / std::max<qsizetype>(1, matrix.rows.size() * matrix.columns.size()));
    std::vector<std::vector<TextDiff>> diffs;
    for (const std::vector<MatrixCell> &row : matrix.cells) {
        std::vector<TextDiff> &of = diffs.emplace_back(row.size());
        if (baseline < 0 || baseline >= static_cast<int>(row.size()) || row[static_cast<std::size_t>(baseline)].isMissing())
            continue;
        for (std::size_t column = 0; column < row.size() && !stop.stop_requested(); ++column) {
            if (static_cast<int>(column) != baseline && !row[column].isMissing())
                of[column] = diffTexts(row[static_cast<std::size_t>(baseline)].text, row[column].text, stop, budget);
        }
    }
    return diffs;
}

bool rowDiffers(const std::vector<MatrixCell> &row)
{
    return std::any_of(row.begin(), row.end(), [&](const MatrixCell &cell) { return cell.isMissing() != row.front().isMissing() || cell.text != row.front().text; });
}

} // namespace turnstone
