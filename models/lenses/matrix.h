// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/textdiff.h"
#include "models/lenses/transcript.h"

namespace turnstone {

/// One answer of a matrix.
struct MatrixCell
{
    RowKey key; ///< empty: nobody answered
    QString text;
    bool isWhole = true;
    std::optional<double> score, tokens, latencyMs;
    bool isChosen = false;
    /// More answers stood in the same place; the last one is shown.
    int more = 0;

    bool isMissing() const { return key.empty(); }
};

/// The same question side by side: rows are rounds, runs or messages, columns are models, payloads or speakers.
struct Matrix
{
    QString recordTitle;
    QString cellTable;
    QStringList rows;
    QStringList columns;
    std::vector<std::vector<MatrixCell>> cells; ///< by row, then column
    double lowestScore = 0, highestScore = 1;
    bool isCut = false;

    static constexpr int mostRows = 2'000;
    static constexpr qsizetype mostCharacters = 64'000'000;
    int missing() const;
};

const Lens *matrixLensFor(const ResolvedProfile &profile, const QString &table);
/// Blocks. Rows with the same title become one. Errors: NotFound, those of the database.
[[nodiscard]] Result<Matrix> readMatrix(const LensScope &scope, const Lens &lens, const RowKey &record);

/// What differs in the cells of a row from the cell of a baseline column; empty for missing ones and the baseline itself.
/// For a worker.
std::vector<std::vector<TextDiff>> diffMatrix(const Matrix &matrix, int baseline, std::stop_token stop);
/// Whether the answers of a row differ at all.
bool rowDiffers(const std::vector<MatrixCell> &row);

} // namespace turnstone
