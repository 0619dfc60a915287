"""QGIS made easy: styles (QML), layer definitions (.qlr) and whole projects (.qgz), made for one person."""
