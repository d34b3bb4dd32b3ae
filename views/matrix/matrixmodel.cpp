// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/matrix/matrixmodel.h"

#include <QLocale>

namespace turnstone {

using namespace Qt::StringLiterals;

void MatrixModel::setMatrix(std::shared_ptr<const Matrix> matrix)
{
    beginResetModel();
    m_matrix = std::move(matrix);
    m_diffs.clear();
    updateRows();
    endResetModel();
}

void MatrixModel::updateRows()
{
    m_rows.clear();
    for (int row = 0; m_matrix != nullptr && row < static_cast<int>(m_matrix->cells.size()); ++row) {
        if (!m_isOnlyDifferent || rowDiffers(m_matrix->cells[static_cast<std::size_t>(row)]))
            m_rows.push_back(row);
    }
}

void MatrixModel::setDiffs(std::vector<std::vector<TextDiff>> diffs, int baseline)
{
    m_diffs = std::move(diffs);
    m_baseline = baseline;
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    emit headerDataChanged(Qt::Horizontal, 0, std::max(0, columnCount() - 1));
}

void MatrixModel::setOnlyDifferent(bool on)
{
    beginResetModel();
    m_isOnlyDifferent = on;
    updateRows();
    endResetModel();
}

int MatrixModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int MatrixModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || m_matrix == nullptr ? 0 : static_cast<int>(m_matrix->columns.size());
}

const MatrixCell &MatrixModel::cell(const QModelIndex &index) const
{
    return m_matrix->cells[static_cast<std::size_t>(matrixRow(index.row()))][static_cast<std::size_t>(index.column())];
}

const TextDiff *MatrixModel::diff(const QModelIndex &index) const
{
    const auto row = static_cast<std::size_t>(matrixRow(index.row()));
    if (row >= m_diffs.size() || static_cast<std::size_t>(index.column()) >= m_diffs[row].size())
        return nullptr;
    const TextDiff &found = m_diffs[row][static_cast<std::size_t>(index.column())];
    return found.runs.empty() ? nullptr : &found;
}

QVariant MatrixModel::data(const QModelIndex &index, int role) const
{
    constexpr qsizetype readAloud = 4'000;
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const MatrixCell &of = cell(index);
    if (role == Qt::DisplayRole)
        return of.isMissing() ? tr("No answer") : of.text.left(readAloud);
    if (role == Qt::AccessibleDescriptionRole || role == Qt::ToolTipRole) {
        QStringList facts;
        if (of.isChosen)
            facts.append(tr("This answer became the result"));
        if (of.score)
            facts.append(tr("Score %1").arg(QLocale().toString(*of.score, 'g', 4)));
        if (const TextDiff *difference = diff(index))
            facts.append(tr("%1 % as in %2").arg(QLocale().toString(difference->likeness * 100, 'f', 0), m_matrix->columns.value(m_baseline)));
        if (of.more > 0)
            facts.append(tr("%n more answers in the same place", nullptr, of.more));
        return facts.join(u" · "_s);
    }
    return {};
}

QVariant MatrixModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || m_matrix == nullptr || section < 0)
        return {};
    if (orientation == Qt::Vertical)
        return section < rowCount() ? m_matrix->rows.value(matrixRow(section)) : QString();
    const QString name = m_matrix->columns.value(section);
    return section == m_baseline ? tr("%1 (baseline)").arg(name) : name;
}

} // namespace turnstone
