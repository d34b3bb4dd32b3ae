// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/vectorvaluesmodel.h"

#include <array>
#include <charconv>

namespace turnstone {

void VectorValuesModel::setValues(std::vector<float> values)
{
    beginResetModel();
    m_values = std::move(values);
    endResetModel();
}

QString VectorValuesModel::text(float value)
{
    std::array<char, 32> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    return QString::fromLatin1(digits.data(), written.ptr - digits.data());
}

int VectorValuesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_values.size());
}

int VectorValuesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : 2;
}

QVariant VectorValuesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return index.column() == 0 ? QString::number(index.row()) : text(m_values[static_cast<std::size_t>(index.row())]);
}

QVariant VectorValuesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == 0 ? tr("Dimension") : tr("Value");
}

} // namespace turnstone
