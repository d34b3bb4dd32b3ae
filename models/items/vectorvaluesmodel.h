// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include <vector>

namespace turnstone {

/// The numbers of a vector as rows: dimension and value, each in the shortest form that gives the same float32 again. GUI
/// thread only.
class VectorValuesModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setValues(std::vector<float> values);
    const std::vector<float> &values() const { return m_values; }
    static QString text(float value);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<float> m_values;
};

} // namespace turnstone
