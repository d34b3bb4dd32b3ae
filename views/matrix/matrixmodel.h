// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/matrix.h"

#include <QAbstractTableModel>

namespace turnstone {

/// The answers of a matrix for a table view; the row's title is the vertical header. GUI thread only.
class MatrixModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setMatrix(std::shared_ptr<const Matrix> matrix);
    void setDiffs(std::vector<std::vector<TextDiff>> diffs, int baseline);
    void setOnlyDifferent(bool on);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const Matrix *matrix() const { return m_matrix.get(); }
    int matrixRow(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    const MatrixCell &cell(const QModelIndex &index) const;
    /// Null if there is none yet, or nothing to compare with.
    const TextDiff *diff(const QModelIndex &index) const;
    int baseline() const { return m_baseline; }

private:
    void updateRows();

    std::shared_ptr<const Matrix> m_matrix;
    std::vector<std::vector<TextDiff>> m_diffs;
    std::vector<int> m_rows;
    int m_baseline = 0;
    bool m_isOnlyDifferent = false;
};

} // namespace turnstone
