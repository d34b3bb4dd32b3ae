// SPDX-License-Identifier: GPL-3.0-or-later
// The floor of bench_start.sh: the least that a Qt program with a table view and rows can do.
#include <QApplication>
#include <QStandardItemModel>
#include <QTableView>

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    QStandardItemModel model(40, 8);
    for (int row = 0; row < model.rowCount(); ++row) {
        for (int column = 0; column < model.columnCount(); ++column)
            model.setItem(row, column, new QStandardItem(QString::number(row * 1000 + column)));
    }
    QTableView view;
    view.setModel(&model);
    view.resize(1280, 800);
    view.show();
    return QApplication::exec();
}
